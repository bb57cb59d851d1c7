// Shared by the testing pages: times to the second, clock offsets, outcomes of attempts.
import type { Tester } from '../../../rollout/validation/tester-operations.ts'
import { None, Status } from '../../kit/blocks.tsx'
import { instantInWords } from '../../kit/dates.ts'
import { outcomeOf } from '../../kit/words.ts'

/**
 * To the second, as in IdP logs. Without "ago", which would be wrong on a page open for an hour.
 */
export function Moment({ at }: { at: number }) {
  const iso = new Date(at).toISOString()
  return (
    <time class="moment" datetime={iso}>
      {instantInWords(at, { seconds: true })}
    </time>
  )
}

/** "0.4 s ahead of ours". Milliseconds. */
export function offsetInWords(milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1000
  const rounded = seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds))
  if (rounded === '0.0') return 'same as ours'
  return `${rounded} s ${milliseconds > 0 ? 'ahead of' : 'behind'} ours`
}

export function AttemptStatus(props: { code: string | null; isTest: boolean }) {
  if (props.code !== null) return <Status tone="danger">Refused</Status>
  return <Status tone="good">{props.isTest ? 'Test passed' : 'Signed in'}</Status>
}

/** A tester's last attempt. */
export function LastAttempt({ of: { lastAttempt }, base }: { of: Tester; base: string }) {
  if (!lastAttempt) return <None />
  const { sid, code, isTest, createdAt } = lastAttempt
  return (
    <>
      <AttemptStatus code={code} isTest={isTest} />{' '}
      <a href={`${base}/attempts/${sid}`}>
        <Moment at={createdAt} />
      </a>
      {code !== null && (
        <>
          <br />
          {outcomeOf(code)}
        </>
      )}
    </>
  )
}
