// What the history shows for values that are names of the code.
import { expect, it } from 'vitest'
import { textOfField } from '../../../src/console/kit/field-words.ts'

it.each([
  ['field', 'ssoPostURL', 'SSO URL for POST (HTTP-POST)'],
  ['result', 'unreachable', 'Does not answer'],
  ['side', 'operator', 'Operators'],
  ['step', 'enter_idp', 'Enter the details of the IdP'],
  ['capabilities', ['test', 'rollBack'], 'Test, Give passwords back'],
])('shows the words of %s %j', (field, value, words) => {
  expect(textOfField(field, value)).toBe(words)
})
