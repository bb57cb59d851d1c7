// Values of NameID bindings, as the pages of a connection and of a user show them.
import { describeBound, shortFormat } from '../../../login/name-ids/judge.ts'
import type { NameIDRow } from '../../../login/name-ids/operations.ts'
import { Code } from '../../kit/blocks.tsx'

export function NameIDValue({ of }: { of: NameIDRow }) {
  return of.kind === 'email' ? 'The e-mail' : <Code>{describeBound(of)}</Code>
}

export const formatInWords = shortFormat
