// Sends a browser to another site by POST.
import type { AppContext } from '../platform/http/http.ts'
import { PostPage } from '../platform/http/pages.tsx'
import { nonceOf } from '../platform/http/security-headers.ts'

export function postElsewhere(
  c: AppContext,
  title: string,
  action: string,
  fields: Record<string, string>,
) {
  // form-action also applies to redirects after the POST, and the site may redirect to any https
  // site.
  c.set('formAction', `${new URL(action).origin} https:`)
  return c.html(<PostPage title={title} action={action} fields={fields} nonce={nonceOf(c)} />)
}
