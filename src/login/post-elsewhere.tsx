// Sends a browser to another site by POST.
import type { AppContext } from '../platform/http/http.ts'
import { PostPage } from '../platform/http/pages.tsx'
import { openFrame } from '../platform/http/frame.ts'
import { formActionTo } from '../platform/http/security-headers.ts'

export async function postElsewhere(
  c: AppContext,
  title: 'toIdp' | 'signingOut',
  action: string,
  fields: Record<string, string>,
) {
  // form-action also applies to redirects after the POST, and the site may redirect to any https
  // site.
  c.set('formAction', formActionTo(action))
  return c.html(
    <PostPage title={title} action={action} fields={fields} frame={await openFrame(c)} />,
  )
}
