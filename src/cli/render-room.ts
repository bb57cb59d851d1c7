// The validation room and a what-if as text.
import type { Answer } from './client.ts'
import { renderTable, renderTime, type PrintedColumn } from './print.ts'

const ATTEMPTS: readonly PrintedColumn[] = [
  { title: 'When', of: ({ createdAt }) => renderTime(createdAt) },
  { title: 'Reference', of: ({ sid }) => sid },
  { title: 'Kind', of: ({ isTest }) => (isTest ? 'test' : 'login') },
  { title: 'User', of: ({ user }) => user?.email ?? user?.sid },
  { title: 'Outcome', of: ({ code }) => code ?? 'accepted' },
  { title: 'Remedy', of: ({ remedy }) => remedy },
]

const FAILED: readonly PrintedColumn[] = [
  { title: 'Reference', of: ({ sid }) => sid },
  { title: 'Check', of: ({ code }) => code },
  { title: 'Expected', of: ({ expected }) => expected },
  { title: 'Received', of: ({ received }) => received },
  { title: 'Remedy', of: ({ remedy }) => remedy },
]

export const TESTERS: readonly PrintedColumn[] = [
  { title: 'SID', of: ({ user }) => user.sid },
  { title: 'E-mail', of: ({ user }) => user.email },
  { title: 'Enabled', of: ({ isEnabled }) => isEnabled },
  { title: 'Proved', of: ({ provedAt }) => renderTime(provedAt) },
  { title: 'Last attempt', of: ({ lastAttempt: last }) => last && (last.code ?? 'accepted') },
  { title: 'Nominated by', of: ({ nominatedBy }) => nominatedBy },
]

const STEPS: readonly PrintedColumn[] = [
  { title: 'Step', of: ({ title }) => title },
  { title: 'State', of: ({ state }) => state },
  { title: 'Why', of: ({ why }) => why },
]

const SIGN_OFFS: readonly PrintedColumn[] = [
  { title: 'Side', of: ({ side }) => side },
  { title: 'Result', of: ({ said }) => said?.verdict ?? 'none yet' },
  { title: 'Who', of: ({ said }) => said?.name },
  { title: 'Note', of: ({ said }) => said?.note },
]

export function renderSignOffs({ vendor, customer }: Answer): string {
  const sides = [
    { side: 'vendor', said: vendor },
    { side: 'customer', said: customer },
  ]
  return renderTable(sides, SIGN_OFFS)
}

export function renderRoom(room: Answer): string {
  const { connection, steps, signOffs, testers, attempts, clock } = room
  const failed = (attempts ?? []).flatMap(({ sid, checks }: Answer) =>
    checks.filter(({ ok }: Answer) => !ok).map((check: object) => ({ sid, ...check })),
  )
  return [
    `${connection.sid}: ${connection.state}, revision ${connection.revision}`,
    renderTable(steps, STEPS),
    renderSignOffs(signOffs),
    ...(testers.length > 0 ? [renderTable(testers, TESTERS)] : []),
    ...(attempts === null ? ['The history of logins cannot be read now.'] : []),
    ...(attempts?.length > 0 ? [renderTable(attempts, ATTEMPTS)] : []),
    ...(failed.length > 0 ? [renderTable(failed, FAILED)] : []),
    ...(clock.advice ? [clock.advice] : []),
  ].join('\n\n')
}

const VERDICTS: readonly PrintedColumn[] = [
  { title: 'Configuration', of: ({ name }) => name },
  { title: 'Verdict', of: ({ verdict }) => verdict },
  { title: 'Code', of: ({ code }) => code },
]

const CHANGED: readonly PrintedColumn[] = [
  { title: 'Check', of: ({ code }) => code },
  { title: 'Passes', of: ({ ok }) => ok },
  { title: 'Expected', of: ({ expected }) => expected },
  { title: 'Received', of: ({ received }) => received },
  { title: 'Basis', of: ({ basis }) => basis },
]

export function renderWhatIf({ before, after, leftOut }: Answer): string {
  const verdicts = [
    { name: 'present', ...before },
    { name: 'after the edit', ...after },
  ]
  return [renderTable(verdicts, VERDICTS), renderTable(after.checks, CHANGED), ...leftOut].join(
    '\n\n',
  )
}
