// Sends a browser to another site by POST.
import type { AppContext } from '../platform/http/http.ts'
import { PostPage } from '../platform/http/pages.tsx'

export function postElsewhere(
  c: AppContext,
  title: string,
  action: string,
  fields: Record<string, string>,
) {
  // Browsers hold redirects that follow the post against form-action too: the site may go on to any
  // https site of its own.
  c.set('formAction', `${new URL(action).origin} https:`)
  return c.html(
    <PostPage title={title} action={action} fields={fields} nonce={c.get('secureHeadersNonce')} />,
  )
}
