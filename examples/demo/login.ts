// Logs in to a running `npm start` without a browser, as a smoke test:
//
//   npx node examples/demo/login.ts [START_URL] [--user alice] [--password alicepass] [--cancel] [--trace]
//
// START_URL is what `npm start` printed last (the default, for PORT), or the IdP's /unsolicited.
// Prints the status and the text of the page it ends on; exits 0 only when that page says "Signed
// in", 1 when it does not, 2 when the command line is wrong.
import { parseArgs } from 'node:util'
import { createBrowser, type Page } from './browser/browser.ts'
import { connectionSid, people } from './customer.ts'

type Person = { user: string; password: string; cancel: boolean }

const stepLimit = 10

/** Continues as a person would, until a page needs nothing more. */
async function logIn(startURL: string, person: Person, trace: boolean): Promise<Page> {
  const browser = createBrowser(trace ? (line) => console.error(line) : undefined)
  let page = await browser.open(startURL)
  let hasAnswered = false
  for (let step = 0; step < stepLimit; step += 1) {
    const autoPost = page.forms.find(({ fields }) =>
      fields.some(({ name }) => name === 'SAMLRequest' || name === 'SAMLResponse'),
    )
    const login = page.forms.find(({ fields }) => fields.some(({ type }) => type === 'password'))
    if (autoPost) {
      page = await browser.submit(page, autoPost)
    } else if (login && !hasAnswered) {
      hasAnswered = true
      const wanted = person.cancel ? 'cancel' : 'login'
      const button = login.buttons.find(({ value }) => value === wanted) ?? login.buttons[0]
      const { user: username, password } = person
      page = await browser.submit(page, login, button, { username, password })
    } else {
      return page
    }
  }
  throw new Error(`no end after ${stepLimit} forms; the last page is ${page.url}`)
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      user: { type: 'string', default: 'alice' },
      password: { type: 'string' },
      cancel: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  })
  const { user, cancel, trace } = values
  const known = people.find(({ username }) => username === user)
  const origin = `http://localhost:${process.env.PORT || 8787}`
  const startURL = positionals[0] ?? `${origin}/sso/${connectionSid}?return_to=/`
  if (positionals.length > 1 || !URL.canParse(startURL)) throw new Error('give one START_URL')
  return {
    startURL,
    trace,
    person: { user, cancel, password: values.password ?? known?.password ?? '' },
  }
}

/** Node hides the reason of a failed fetch in the error's cause. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause : error
  return cause.message || String((cause as { code?: string }).code ?? cause.name)
}

async function main() {
  let given: ReturnType<typeof readArguments>
  try {
    given = readArguments()
  } catch (error) {
    console.error(`login: ${textOf(error)}`)
    process.exitCode = 2
    return
  }
  try {
    const page = await logIn(given.startURL, given.person, given.trace)
    console.log(`${page.status} ${page.url}`)
    console.log(page.text)
    process.exitCode = page.status === 200 && page.text.includes('Signed in') ? 0 : 1
  } catch (error) {
    console.error(`login: ${textOf(error)}`)
    process.exitCode = 1
  }
}

await main()
