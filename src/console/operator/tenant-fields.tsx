// The fields of a tenant, which two forms share.
import { RadioGroup, TextField } from '../kit/forms.tsx'
import type { Form } from '../kit/form.ts'

export type TenantValues = {
  name: string
  plan: string
  supportContact: string
  suspended: boolean
}

export function tenantInput(form: Form): TenantValues {
  return {
    name: form.text('name'),
    plan: form.text('plan'),
    supportContact: form.text('supportContact'),
    suspended: form.flag('suspended'),
  }
}

export function PlanField({ value, error }: { value: string; error: string | undefined }) {
  return (
    <RadioGroup
      name="plan"
      label="Plan"
      value={value}
      error={error}
      options={[
        { value: 'enterprise', label: 'Enterprise', hint: 'Carries single sign-on.' },
        {
          value: 'standard',
          label: 'Standard',
          hint: 'No single sign-on: everybody signs in with the password.',
        },
      ]}
    />
  )
}

export function SupportContactField(props: { value: string; error: string | undefined }) {
  return (
    <TextField
      name="supportContact"
      label="Support contact (optional)"
      hint="Where people of this tenant ask for help: shown on the pages that say a sign-in failed."
      value={props.value}
      error={props.error}
    />
  )
}
