// The rows of CONNECTION_FIELDS about e-mail, first and last name in an assertion.
import type { ConnectionField, ConnectionFields } from './field.ts'

type PersonFields = Pick<ConnectionFields, 'attributeMapping' | 'optionalNames'>

export const PERSON_FIELD_ROWS = {
  attributeMapping: {
    label: 'Attribute names',
    hint: 'For IdPs that send other names than the usual ones. “NameID” stands for the NameID.',
    description:
      'Names of attributes that are not among the known ones. `NameID` stands for the NameID.',
    shape: {
      kind: 'parts',
      parts: {
        email: { label: 'E-mail' },
        firstName: { label: 'First name' },
        lastName: { label: 'Last name' },
      },
      length: 200,
      nullable: true,
    },
    control: 'parts',
    expected: 'attribute names for email, firstName, lastName',
    mayEdit: 'customers',
    trust: 'keeps',
    forms: { settings: 'response', 'what-if': 'idp' },
    checks: /^(?:email_ambiguous|attribute_missing|email)$/,
  },
  optionalNames: {
    label: 'Names that may be missing',
    hint: 'For customers whose people may have one name.',
    description: 'Names without which a login is accepted.',
    shape: {
      kind: 'choices',
      options: { firstName: { label: 'First name' }, lastName: { label: 'Last name' } },
    },
    control: 'checkboxes',
    mayEdit: 'customers',
    trust: 'keeps',
    forms: { settings: 'response', 'what-if': 'idp' },
    checks: /^attribute_missing$/,
  },
} as const satisfies {
  [Name in keyof PersonFields]: ConnectionField<PersonFields[Name]>
}
