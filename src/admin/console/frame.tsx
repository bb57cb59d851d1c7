// The operator console's frame: where one can go, and who is signed in.
import type { AppContext } from '../../web/http.ts'
import { ConsolePage } from '../../web/console-frame.tsx'
import { ButtonForm } from '../../web/forms.tsx'
import { Refused } from '../../web/refused.ts'
import { frameProps, type Door, type FrameProps } from '../door.tsx'
import { actorOfConsole, requestOf } from '../who-asks.ts'

export const PRODUCT = 'Gatepost'
export const DOOR = 'Console'

const NAVIGATION = [
  { name: 'Tenants', href: '/console/tenants' },
  { name: 'Connections', href: '/console/connections' },
  { name: 'Apps', href: '/console/apps' },
  { name: 'Keys', href: '/console/keys' },
  { name: 'Audit', href: '/console/audit' },
]

/** The console as one operator sees it. Throws `unauthenticated` for everybody else. */
export async function openConsole(c: AppContext): Promise<Door> {
  const actor = await actorOfConsole(c)
  if (!actor) throw new Refused('unauthenticated')
  const nonce = c.get('secureHeadersNonce')
  return {
    request: requestOf(c, actor),
    origin: c.var.config.origin,
    nonce,
    Frame: (props: FrameProps) => (
      <ConsolePage
        {...frameProps(c, props)}
        product={PRODUCT}
        door={DOOR}
        homeHref="/console/tenants"
        navigation={NAVIGATION}
        current={currentOf(c)}
        person={{
          name: actor.name,
          detail: 'Operator',
          signOut: <ButtonForm action="/console/sign-out" label="Sign out" />,
        }}
      />
    ),
  }
}

function currentOf(c: AppContext): string | undefined {
  return NAVIGATION.find(({ href }) => c.req.path === href || c.req.path.startsWith(`${href}/`))
    ?.href
}
