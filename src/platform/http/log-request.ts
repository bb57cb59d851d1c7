// One line of the log for each login and each refused request, and a data point where a dataset of
// Analytics Engine is bound.
import { matchedRoutes } from 'hono/route'
import { dataPointOf, type DataPoint } from '../log/data-point.ts'
import { wordOf, type Word } from '../log/kinds.ts'
import type { LineFields } from '../log/lines.ts'
import { notesOf, noteRequest } from '../log/request-notes.ts'
import { writeLine } from '../log/write-line.ts'
import type { AppContext } from './http.ts'

/** By the first segment of the path; of others `login`. */
const AREAS: Readonly<Record<string, Word>> = {
  api: 'api',
  scim: 'scim',
  revocation: 'revocation',
  console: 'console',
  setup: 'setup',
  oauth2: 'oidc',
  '.well-known': 'oidc',
  'recovery-codes': 'recovery',
}

/**
 * Middleware, before all others: whatever answers, a refused request writes one line. Every status
 * from 400 on is one.
 */
export async function logRequest(c: AppContext, next: () => Promise<void>): Promise<void> {
  const startedAt = Date.now()
  await next()
  const request = c.req.raw
  const { login, isAnswer, ...notes } = notesOf(request)
  const { status } = c.res
  const fields = {
    ...notes,
    area: areaOf(c.req.path),
    method: request.method,
    route: notes.route ?? '*',
    status,
    ms: Date.now() - startedAt,
    colo: coloOf(request),
  }
  if (notes.code !== undefined || (status >= 400 && !isAnswer)) {
    const line = { ...fields, code: notes.code ?? (`http_${status}` as Word) }
    writeLine('refused', line)
    writeDataPoint(c, dataPointOf({ event: 'refused', ...line }))
  } else if (login) {
    const line = { ...fields, ...login } as LineFields<'login'>
    writeLine('login', line)
    writeDataPoint(c, dataPointOf({ event: 'login', ...line }))
  }
}

/** Middleware: the pattern of the route, from the app that has it. */
export async function noteRoute(c: AppContext, next: () => Promise<void>): Promise<void> {
  await next()
  const paths = matchedRoutes(c).map(({ path }) => path)
  const patterns = paths.filter((path) => !path.endsWith('*'))
  const [route] = (patterns.length > 0 ? patterns : paths).toSorted((a, b) => b.length - a.length)
  if (route !== undefined) noteRequest(c.req.raw, { route })
}

function areaOf(path: string): Word {
  const [, first = '', second] = path.split('/')
  if (first === 'login' && second === 'recovery') return 'recovery'
  return (Object.hasOwn(AREAS, first) && AREAS[first]) || 'login'
}

function coloOf({ cf }: Request): string | undefined {
  const colo = (cf as { colo?: unknown } | undefined)?.colo
  return typeof colo === 'string' ? colo : undefined
}

/** No answer fails for it. */
function writeDataPoint({ env }: AppContext, point: DataPoint): void {
  try {
    env.ANALYTICS?.writeDataPoint(point)
  } catch (error) {
    writeLine('data_point_failed', { detail: wordOf(String(error)) ?? 'writeDataPoint threw' })
  }
}
