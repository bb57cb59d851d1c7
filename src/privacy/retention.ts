// How long each kind of data stays, by this deployment's settings. Pure: docs/privacy.md tells the
// same.
import type { Config } from '../env.ts'

export type RetentionRow = {
  /** What is kept. */
  what: string
  /** How long. */
  kept: string
  /** The setting that changes it; null: it is fixed. */
  setting: string | null
}

export function retentionOf({
  history,
  auditDays,
  session,
}: Pick<Config, 'history' | 'auditDays' | 'session'>): RetentionRow[] {
  const row = (what: string, kept: string, setting: string | null = null) => ({
    what,
    kept,
    setting,
  })
  const sessionHours = (2 * session.absoluteSeconds) / 3600
  return [
    row('Lines of logins', `${history.days} days`, 'HISTORY_DAYS'),
    row('Details of logins', 'the newest of each connection', 'HISTORY_GB'),
    row('What refused test sign-ins said', '7 days'),
    row('Logins by day', '400 days'),
    row('Audit trail', auditDays === null ? 'for ever' : `${auditDays} days`, 'AUDIT_DAYS'),
    row('Sessions and grants', `${sessionHours} hours after the login`, 'SESSION_HOURS'),
    row('Mail log', '90 days'),
    row('Words of mails that were not sent', '14 days'),
    row('Deliveries of webhooks', '7 days; 30 days where they failed'),
    row('Ended API keys, setup links, tokens and imports', '90 days'),
    row('Users, accounts, tenants, connections', 'until somebody erases or deletes them'),
    row('Records of erasures', 'for ever, with SIDs alone'),
  ]
}
