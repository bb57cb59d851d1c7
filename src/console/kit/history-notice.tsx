// What a page says in the place of logins when HISTORY cannot be read.
import { CATALOGUE } from '../../errors.ts'
import { Notice } from './blocks.tsx'

export function HistoryNotice() {
  return (
    <Notice tone="warning" title={CATALOGUE.history_unavailable.title}>
      <p>People can still sign in. Open this page again later.</p>
    </Notice>
  )
}
