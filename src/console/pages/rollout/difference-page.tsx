// What a new IdP user list would change, before it is saved.
import { Notice } from '../../kit/blocks.tsx'
import { Form, SubmitRow } from '../../kit/forms.tsx'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'
import { uploadFields, type Upload } from './upload.ts'
import { addresses, figure, people } from './words.ts'

export function DifferencePage(props: {
  at: RolloutContext
  upload: Upload
  difference: { in: number; out: number }
}) {
  const { at, upload, difference } = props
  const { Frame } = at.page
  return (
    <Frame
      title="IdP user list: changes"
      breadcrumb={crumbsBelow(at)}
      lead={`The new list has ${addresses(upload.total)}. It is not saved yet.`}
      narrow={true}
    >
      <Notice
        tone="warning"
        title={`People included: +${figure(difference.in)} / −${figure(difference.out)}`}
      >
        <p>
          The list does not have {people(difference.out)} who are included now. Saving it excludes
          them. If it is the wrong file, cancel and upload the right one.
        </p>
      </Notice>
      <Form action={`${at.path}/idp-users`} hidden={uploadFields(upload)}>
        <SubmitRow
          primary={`Save list and exclude ${people(difference.out)}`}
          cancel={{ href: `${at.path}#review`, label: 'Cancel' }}
        />
      </Form>
    </Frame>
  )
}
