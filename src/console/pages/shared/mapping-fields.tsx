// The attribute names of an IdP that sends other ones than those we know, as a part of a form.
import type { Preset } from '../../../connections/presets/preset.ts'
import { FieldGroup, TextField } from '../../kit/forms.tsx'
import { FIELD_NAMES } from '../../kit/words.ts'

export function MappingFields(props: {
  preset: Preset
  values: { email: string; firstName: string; lastName: string }
  error: string | undefined
}) {
  const { preset, values, error } = props
  return (
    <FieldGroup
      legend={FIELD_NAMES.attributeMapping!}
      hint="Only where the IdP sends other names than the usual ones, which we know. “NameID” stands for the NameID."
    >
      <TextField
        name="email"
        label="E-mail"
        kind="identifier"
        placeholder={preset.attributes.email.name}
        value={values.email}
        error={error}
      />
      <TextField
        name="firstName"
        label="First name"
        kind="identifier"
        placeholder={preset.attributes.firstName.name}
        value={values.firstName}
      />
      <TextField
        name="lastName"
        label="Last name"
        kind="identifier"
        placeholder={preset.attributes.lastName.name}
        value={values.lastName}
      />
    </FieldGroup>
  )
}
