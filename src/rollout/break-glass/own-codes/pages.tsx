// The pages of a break-glass owner's own recovery codes.
import type { Frame } from '../../../platform/http/frame.ts'
import { Day, Page, rich } from '../../../platform/http/pages.tsx'
import type { Owner } from '../operations.ts'

export function OwnPage({ owner, frame }: { owner: Owner; frame: Frame }) {
  const { t } = frame
  const { email, codesLeft, expiresAt } = owner
  return (
    <Page title={t.text('recoveryCodes')} frame={frame}>
      <h1>{t.text('recoveryCodes')}</h1>
      <p>
        {rich(t, 'ownerUntil', {
          date: <Day frame={frame} at={expiresAt} />,
          email: <strong>{email}</strong>,
        })}
      </p>
      <p>{codesLeft === 0 ? t.text('noCodesYet') : t.text('unusedCodes', { count: codesLeft })}</p>
      <DrillDate owner={owner} frame={frame} />
      <form method="post" action="/recovery-codes">
        <button type="submit">{t.text(codesLeft === 0 ? 'createCodes' : 'replaceCodes')}</button>
      </form>
    </Page>
  )
}

function DrillDate({ owner: { drill, drillAt }, frame }: { owner: Owner; frame: Frame }) {
  if (drillAt === null || drill === 'none') return null
  const date = <Day frame={frame} at={drillAt} />
  return <p>{rich(frame.t, drill === 'planned' ? 'drillPlanned' : 'drillDue', { date })}</p>
}

export function CodesPage(props: {
  owner: Owner
  codes: readonly string[]
  origin: string
  now: number
  frame: Frame
}) {
  const { owner, codes, origin, now, frame } = props
  const { t } = frame
  const title = t.text('recoveryCodesFor', { email: owner.email })
  const url = `${origin}/login/recovery`
  const text = [title, url, ...codes, '']
  return (
    <Page title={t.text('recoveryCodes')} frame={frame}>
      <h1>{title}</h1>
      <p role="status">{t.text('codesShownOnce')}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p>
        <a
          class="button"
          download="recovery-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text.join('\r\n'))}`}
        >
          {t.text('downloadCodes')}
        </a>
      </p>
      <p class="aside">{rich(t, 'codesCreated', { date: <Day frame={frame} at={now} />, url })}</p>
    </Page>
  )
}
