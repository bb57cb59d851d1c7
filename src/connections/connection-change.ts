// A change of a connection, as one batch applies it: row, certificates, metadata source, events.
import type { AuditEvent } from '../events/store.ts'
import type { QuarantinedRow } from './certificates/store.ts'
import type { certificates } from './certificates/tables.ts'
import type { MetadataSource } from './metadata/store.ts'
import type { connections } from './tables.ts'

export type ConnectionChange = {
  row: Partial<typeof connections.$inferInsert>
  /**
   * True where nothing that an administrator edits changes. The change still fails if an edit came
   * first.
   */
  keepsVersion?: boolean
  /** The state to go on in, where the tenant has room for one more that is not suspended. */
  resumeIn?: (typeof connections.$inferSelect)['state']
  addCertificates?: (typeof certificates.$inferInsert)[]
  removeCertificates?: string[]
  /** Ends the sessions that a removed key has opened, whatever the connection says. */
  compromised?: boolean
  /** To wait for somebody's decision. */
  quarantine?: QuarantinedRow[]
  /** Fingerprints that no longer wait. Those that become pinned do not, in any case. */
  release?: string[]
  /** Not to be offered again, whether they waited or were pinned. */
  refuse?: (Omit<QuarantinedRow, 'lastSeenAt'> & { refusedAt: number })[]
  /** Where the connection has one. */
  source?: Partial<MetadataSource>
  /** The source's due time as it was read: if it is another one now, another refresh was faster. */
  sourceDue?: number
  /** A whole source, or none. */
  setSource?: MetadataSource | null
  /** The pending change that this is: it waits no more. */
  settles?: string | undefined
  /** The change fails where more people may sign in through the connection alone. */
  cutsOff?: number
  events: Pick<AuditEvent, 'type' | 'before' | 'after'>[]
}
