// The operator console's frame: navigation and the signed-in operator.
import type { AppContext } from '../../platform/http/http.ts'
import { ConsolePage } from '../kit/console-frame.tsx'
import { ButtonForm } from '../kit/forms.tsx'
import { Refused } from '../../platform/http/refused.ts'
import { frameProps, type AdminContext, type FrameProps } from '../kit/admin-context.tsx'
import { actorOfConsole, operationContextOf } from '../../access/caller.ts'

export const PRODUCT = 'Gatepost'
export const AREA = 'Console'

const NAVIGATION = [
  { name: 'Tenants', href: '/console/tenants' },
  { name: 'Connections', href: '/console/connections' },
  { name: 'Apps', href: '/console/apps' },
  { name: 'Keys', href: '/console/keys' },
  { name: 'Audit', href: '/console/audit' },
  { name: 'Health', href: '/console/health' },
]

/** The console of the signed-in operator. Throws `unauthenticated` without one. */
export async function openConsole(c: AppContext): Promise<AdminContext> {
  const actor = await actorOfConsole(c)
  if (!actor) throw new Refused('unauthenticated')
  return {
    context: operationContextOf(c, actor),
    origin: c.var.config.origin,
    Frame: (props: FrameProps) => (
      <ConsolePage
        {...frameProps(c, props)}
        product={PRODUCT}
        area={AREA}
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
