// Starts an IdP that is a library with a small web server of ours around it (servers/).
import { mkdirSync, writeFileSync } from 'node:fs'
import { start, waitFor } from '../../e2e/harness/processes.ts'
import type { Order, RunningIdp } from '../idp.ts'

/** The server reads its settings from a file, whose path is its last argument. */
async function startLibrary(
  order: Order,
  command: string,
  args: readonly string[],
): Promise<RunningIdp> {
  const { root, folder, ...settings } = order
  const base = `http://127.0.0.1:${order.port}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/settings.json`, JSON.stringify({ ...settings, base }))
  const started = start({
    folder,
    cwd: root,
    command,
    arguments: [...args, `${folder}/settings.json`],
  })
  await waitFor(`${base}/metadata`, started)
  return {
    metadataURL: `${base}/metadata`,
    unsolicitedURL: ({ entityID }) =>
      `${base}/unsolicited?${new URLSearchParams({ sp: entityID })}`,
    stop: started.stop,
  }
}

/** By the library's name: a file of servers/. */
export function startNodeLibrary(order: Order, backend: string): Promise<RunningIdp> {
  return startLibrary(order, process.execPath, ['test/interop/servers/server.ts', backend])
}

/** The same for a library of Python: a file `backend_NAME.py`. */
export function startPythonLibrary(order: Order, backend: string): Promise<RunningIdp> {
  // No folder of the repository gets files of Python's own.
  const args = ['-B', 'test/interop/servers/server.py', backend]
  return startLibrary(order, '/usr/bin/python3', args)
}

export const enterPassword = ({ username, password }: { username: string; password: string }) => ({
  username,
  password,
})
