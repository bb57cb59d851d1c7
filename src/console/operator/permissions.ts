// Which role may use which page and form of the console, by the table of permissions.
import { hasPermission, type Permission, type Role } from '../../events/roles.ts'
import type { MayReach } from '../kit/reach.ts'
import { CONSOLE_PERMISSIONS } from './permission-table.ts'

const PERMISSION_OF: ReadonlyMap<string, Permission> = new Map(
  Object.entries(CONSOLE_PERMISSIONS).flatMap(([permission, routes]) =>
    routes.map((route) => [route, permission as Permission] as const),
  ),
)

/** Open to everybody: they say who somebody is, and end it. */
export const OPEN_ROUTES = [
  'GET /sign-in',
  'GET /sign-in/finish',
  'POST /sign-in',
  'POST /sign-out',
] as const

export const LISTED_ROUTES: readonly string[] = [...PERMISSION_OF.keys()]

/** `route`: method and pattern, as `POST /tenants/:tenant`. Undefined: nobody may. */
export function permissionOf(route: string): Permission | undefined {
  return PERMISSION_OF.get(route)
}

const BASE = '/console'

/** What the reader of a page may use, by the addresses of forms and links. */
export function reachOf(role: Role): MayReach {
  return (method, address) => {
    const [path = ''] = address.split(/[?#]/)
    if (path !== BASE && !path.startsWith(`${BASE}/`)) return true
    const route = findRoute(method, path.slice(BASE.length).split('/'))
    const permission = route === undefined ? undefined : permissionOf(route)
    // A page that is no route of ours shows itself that there is none.
    return permission === undefined || hasPermission(role, permission)
  }
}

type RoutePattern = { route: string; segments: readonly string[] }

const PATTERNS: ReadonlyMap<string, readonly RoutePattern[]> = Map.groupBy(
  LISTED_ROUTES.map((route) => ({ route, segments: segmentsOf(route) })),
  ({ route, segments }) => `${route.split(' ')[0]} ${segments.length}`,
)

function segmentsOf(route: string): string[] {
  const path = route.slice(route.indexOf(' ') + 1)
  return (path === '/' ? '' : path).split('/')
}

/** The route with the most literal segments: `/tenants/new` before `/tenants/:tenant`. */
function findRoute(method: string, segments: readonly string[]): string | undefined {
  const candidates = PATTERNS.get(`${method} ${segments.length}`) ?? []
  const literals = ({ segments: of }: RoutePattern) =>
    of.filter((one) => !one.startsWith(':')).length
  return candidates
    .filter(({ segments: of }) =>
      of.every((one, at) => one.startsWith(':') || one === segments[at]),
    )
    .toSorted((one, other) => literals(other) - literals(one))[0]?.route
}
