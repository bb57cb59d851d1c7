// The data point of a login or a refused request, for Workers Analytics Engine. The places of its
// values stand in docs/operating/logs.md and never change: queries name them. Pure.
import type { LineFields } from './lines.ts'

type Concluded =
  ({ event: 'login' } & LineFields<'login'>) | ({ event: 'refused' } & LineFields<'refused'>)

export type DataPoint = { indexes: [string]; blobs: string[]; doubles: number[] }

/** The index is what Analytics Engine samples by: a flood of one connection hides no other. */
export function dataPointOf(line: Concluded): DataPoint {
  const { event, area, method, route, status, ms, colo, connectionSid } = line
  const code = line.event === 'refused' ? line.code : ''
  return {
    indexes: [connectionSid ?? area],
    blobs: [event, code, connectionSid ?? '', area, method, route, colo ?? '', kindOf(line)],
    doubles: [1, status, ms, line.read ?? 0, line.verify ?? 0, line.write ?? 0],
  }
}

function kindOf(line: Concluded): 'test' | 'idp' | '' {
  if (line.isTest) return 'test'
  return line.event === 'login' && line.idpInitiated ? 'idp' : ''
}
