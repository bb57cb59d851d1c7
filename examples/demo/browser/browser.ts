// A browser's top-level window without a browser: follows redirects and submits forms, with cookies
// under a browser's rules. Runs no scripts; the caller posts a form that a script would post.
import { createCookieJar, isSameSite, type Navigation } from './cookies.ts'
import { findForms, readText, type Field, type Form } from './forms.ts'

export type Page = { url: URL; status: number; forms: Form[]; text: string }

const redirectLimit = 20
const requestMilliseconds = 20_000

/**
 * `trace` is told of every request: method, URL without its query, and the names of the cookies
 * sent.
 */
export function createBrowser(trace: (line: string) => void = () => {}) {
  const jar = createCookieJar()

  async function visit(navigation: Navigation, body?: URLSearchParams): Promise<Page> {
    let { url, method } = navigation
    const { initiator } = navigation
    let content = body
    for (let hops = 0; hops <= redirectLimit; hops += 1) {
      const cookie = jar.header({ url, method, initiator })
      const response = await fetch(url, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(requestMilliseconds),
        headers: createHeaders({ url, method, initiator }, cookie),
        ...(content && { body: content }),
      })
      const names = cookie.replace(/=[^;]*/g, '')
      trace(`${method} ${url.origin}${url.pathname} ${response.status} cookies: ${names || 'none'}`)
      jar.store(url, response.headers.getSetCookie())
      const location = response.headers.get('location')
      const html = await response.text()
      if (response.status < 300 || response.status > 399 || !location) {
        return { url, status: response.status, forms: findForms(html), text: readText(html) }
      }
      url = new URL(location, url)
      // RFC 9110 §15.4: 307 and 308 repeat the request, the others go on with GET.
      if (response.status !== 307 && response.status !== 308) {
        method = 'GET'
        content = undefined
      }
    }
    throw new Error(`more than ${redirectLimit} redirects, the last one to ${url}`)
  }

  return {
    /** As if the URL had been typed. */
    open(url: string): Promise<Page> {
      return visit({ url: new URL(url), method: 'GET', initiator: undefined })
    },

    /** Submits a form of a page by a button, with some of its fields filled in. */
    submit(page: Page, form: Form, button?: Field, filled: Record<string, string> = {}) {
      const url = new URL(form.action, page.url)
      const fields = button ? [...form.fields, button] : form.fields
      const content = new URLSearchParams(
        fields.filter(({ name }) => name).map(({ name, value }) => [name, filled[name] ?? value]),
      )
      if (form.method === 'POST') {
        return visit({ url, method: 'POST', initiator: page.url }, content)
      }
      url.search = content.toString()
      return visit({ url, method: 'GET', initiator: page.url })
    },
  }
}

function createHeaders({ url, method, initiator }: Navigation, cookie: string) {
  return {
    accept: 'text/html',
    ...(cookie && { cookie }),
    ...(initiator && method !== 'GET' && { origin: initiator.origin }),
    'sec-fetch-site': !initiator ? 'none' : fetchSite(initiator, url),
  }
}

function fetchSite(initiator: URL, url: URL): string {
  if (initiator.origin === url.origin) return 'same-origin'
  return isSameSite(initiator, url) ? 'same-site' : 'cross-site'
}
