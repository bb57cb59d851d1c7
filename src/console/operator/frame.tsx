// The operator console's frame: navigation and the signed-in operator.
import type { AppContext } from '../../platform/http/http.ts'
import { routePath } from 'hono/route'
import { hasPermission, ROLE_WORDS } from '../../events/roles.ts'
import { ConsolePage } from '../kit/console-frame.tsx'
import { ButtonForm } from '../kit/forms.tsx'
import { Refused } from '../../platform/http/refused.ts'
import { frameProps, type AdminContext, type FrameProps } from '../kit/admin-context.tsx'
import { Reach } from '../kit/reach.ts'
import { permissionOf, reachOf } from './permissions.ts'
import { actorOfConsole, operationContextOf } from '../../access/caller.ts'

export const PRODUCT = 'Gatepost'
export const AREA = 'Console'

const NAVIGATION = [
  { name: 'Home', href: '/console' },
  { name: 'Tenants', href: '/console/tenants' },
  { name: 'Connections', href: '/console/connections' },
  { name: 'Apps', href: '/console/apps' },
  { name: 'Webhooks', href: '/console/webhooks' },
  { name: 'Keys', href: '/console/keys' },
  { name: 'Mail', href: '/console/mail' },
  { name: 'Operators', href: '/console/operators' },
  { name: 'Events', href: '/console/audit' },
  { name: 'Health', href: '/console/health' },
  { name: 'Privacy', href: '/console/privacy' },
]

/** The console of the signed-in operator. Throws `unauthenticated` without one. */
export async function openConsole(c: AppContext): Promise<AdminContext> {
  const actor = await actorOfConsole(c)
  if (!actor) throw new Refused('unauthenticated')
  const permission = permissionOf(routeOf(c))
  if (permission === undefined || !hasPermission(actor.role, permission)) throw new Refused('role')
  const mayReach = reachOf(actor.role)
  return {
    context: operationContextOf(c, actor),
    origin: c.var.config.origin,
    reader: 'operator',
    Frame: (props: FrameProps) => (
      <Reach.Provider value={mayReach}>
        <ConsolePage
          {...frameProps(c, props, 'operator')}
          product={PRODUCT}
          area={AREA}
          homeHref="/console"
          navigation={NAVIGATION}
          searchHref="/console/search"
          current={currentOf(c)}
          person={{
            name: actor.name,
            detail: ROLE_WORDS[actor.role].name,
            href: '/console/account',
            signOut: <ButtonForm action="/console/sign-out" label="Sign out" />,
          }}
        />
      </Reach.Provider>
    ),
  }
}

/**
 * The method and pattern of the route that answers, below /console. Who may see the home page is
 * told of a page or form that is not there.
 */
function routeOf(c: AppContext): string {
  const path = routePath(c).replace(/^\/console/, '')
  if (path === '/*') return 'GET /'
  return `${c.req.method === 'HEAD' ? 'GET' : c.req.method} ${path || '/'}`
}

function currentOf(c: AppContext): string | undefined {
  return NAVIGATION.findLast(({ href }) => c.req.path === href || c.req.path.startsWith(`${href}/`))
    ?.href
}
