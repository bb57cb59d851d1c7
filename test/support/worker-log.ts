// What a Worker that `wrangler dev` runs has logged: the same rules as for the tests in workerd.
import { stripVTControlCharacters } from 'node:util'
import { faultsOf } from './log-faults.ts'

/** The end of what wrangler says at the start. */
const STARTED = /Ready on http/
/** Lines of wrangler itself, such as a line for each request. */
const OF_WRANGLER = /^(?:\[wrangler:\w+\]|\[mf:\w+\]|[⎔╭│├╰┌└▲✘]|\s*$)/u

/** The first twenty faults. `personal`: names, e-mails and NameIDs of the run. */
export function faultsOfWorker(log: string, personal: readonly string[] = []): string[] {
  const lines = log.split('\n').map((line) => stripVTControlCharacters(line))
  const started = lines.findIndex((line) => STARTED.test(line))
  const logged = lines.slice(started + 1).filter((line) => !OF_WRANGLER.test(line))
  return logged.flatMap((line) => faultsOf(line, personal)).slice(0, 20)
}
