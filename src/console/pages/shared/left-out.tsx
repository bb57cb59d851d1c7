// What of an IdP's metadata cannot be used, beside keys and endpoints that can.
import type { Preview } from '../../../connections/operations.ts'
import { titleOf } from '../../../error-words.ts'
import { Notice } from '../../kit/blocks.tsx'

export function LeftOutNotice({ leftOut }: Pick<Preview, 'leftOut'>) {
  if (leftOut.length === 0) return null
  return (
    <Notice tone="warning" title="A part of the metadata is left out">
      <ul>
        {leftOut.map(({ what, code, received }) => (
          <li>
            {what}: {titleOf(code, 'metadata')} ({received})
          </li>
        ))}
      </ul>
      <p>The rest is complete. Correct it at the IdP if logins need that part.</p>
    </Notice>
  )
}
