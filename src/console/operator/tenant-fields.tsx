// The fields of a tenant, which two forms share.
import { TENANT_FIELD_LIST, type TenantFields } from '../../directory/tenants/fields.ts'
import type { Problem } from '../../problem.ts'
import { FieldControl } from '../kit/field-controls.tsx'
import { readFields, toFields, valuesOfFields, type FieldValues } from '../kit/field-values.ts'
import type { Form } from '../kit/form.ts'
import { messageOf } from '../kit/words.ts'

export const NEW_TENANT: FieldValues = valuesOfFields(
  TENANT_FIELD_LIST,
  Object.fromEntries(TENANT_FIELD_LIST.map(([name, { initial = null }]) => [name, initial])),
)

export function tenantValues(tenant: TenantFields): FieldValues {
  return valuesOfFields(TENANT_FIELD_LIST, tenant)
}

export function readTenantValues(form: Form): FieldValues {
  return readFields(TENANT_FIELD_LIST, form)
}

export function tenantFields(values: FieldValues): TenantFields {
  return toFields(TENANT_FIELD_LIST, values) as TenantFields
}

export function TenantFieldControls(props: { values: FieldValues; problem: Problem | undefined }) {
  const { values, problem } = props
  return (
    <>
      {TENANT_FIELD_LIST.map(([name, field]) => (
        <FieldControl
          name={name}
          field={field}
          values={values}
          error={problem?.field === name ? messageOf(problem, 'operator') : undefined}
        />
      ))}
    </>
  )
}
