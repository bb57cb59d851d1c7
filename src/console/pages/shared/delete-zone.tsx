// The way to the page that deletes what a page shows. For operators: customers delete nothing.
import { DangerZone } from '../../kit/blocks.tsx'
import { ButtonLink } from '../../kit/forms.tsx'

/** `path`: of the thing behind `/console/erase/`; `noun`: what it is, in words. */
export function DeleteZone(props: { noun: string; path: string; text: string }) {
  const { noun, path, text } = props
  return (
    <DangerZone
      title="Delete"
      actions={[
        {
          title: `Delete the ${noun}`,
          text: `${text} The next page shows what goes.`,
          control: (
            <ButtonLink href={`/console/erase/${path}`} label={`Delete ${noun}`} tone="danger" />
          ),
        },
      ]}
    />
  )
}
