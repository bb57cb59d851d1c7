// One person's browser: a context with its own cookies, watched for everything a page complains of.
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core'

export type Visit = Awaited<ReturnType<typeof openVisit>>

const PATIENCE_MILLISECONDS = 10_000

export async function openVisit(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(PATIENCE_MILLISECONDS)
  const complaints: { text: string; url: string }[] = []
  const requests: Request[] = []
  const documents = new Map<string, number>()

  context.on('request', (request) => requests.push(request))
  context.on('response', (response) => {
    if (response.request().isNavigationRequest()) documents.set(response.url(), response.status())
  })
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push({ text: message.text(), url: message.location().url })
  })
  context.on('weberror', (error) => complaints.push({ text: String(error.error()), url: '' }))

  return {
    context,
    newPage: (): Promise<Page> => context.newPage(),

    /** The status of the page that is shown. */
    statusOf: (page: Page) => documents.get(page.url()),

    /** The requests whose URL begins so, in order. */
    requestsTo: (prefix: string) => requests.filter((request) => request.url().startsWith(prefix)),

    /**
     * Errors, warnings and violations of a policy. The status of a page itself is none: cases say
     * which they expect. Nor is an IdP or an app without an icon.
     */
    complaints: () =>
      complaints
        .filter(({ text, url }) => {
          const isStatus = /^Failed to load resource: .* status of \d+/.test(text)
          const isIcon = url.endsWith('/favicon.ico')
          return !(isStatus && (documents.has(url) || isIcon))
        })
        .map(({ text, url }) => `${text} ${url}`),
  }
}
