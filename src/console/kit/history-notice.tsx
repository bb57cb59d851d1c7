// What a page says in the place of logins when HISTORY cannot be read.
import { titleOf } from '../../error-words.ts'
import { Notice } from './blocks.tsx'

export function HistoryNotice() {
  return (
    <Notice tone="warning" title={titleOf('history_unavailable', 'page')}>
      <p>People can still sign in. Open this page again later.</p>
    </Notice>
  )
}
