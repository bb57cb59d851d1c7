// The editor of a notice, with a preview of what one person would get.
import type { Problem } from '../../../problem.ts'
import { renderNotice, TEMPLATE } from '../../../rollout/operations.ts'
import { Code, Section } from '../../kit/blocks.tsx'
import { Form, SubmitRow, TextArea, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'

export type NoticeValues = { subject: string; text: string; link: string; date: string }

/** A notice links to https alone. */
const FRONT_DOOR = /^https:/

export function firstNotice({ rollout, page }: RolloutContext): NoticeValues {
  const { notice } = rollout
  return notice
    ? { ...notice, link: notice.link ?? '', date: notice.date ?? '' }
    : { ...TEMPLATE, link: FRONT_DOOR.test(page.origin) ? `${page.origin}/login` : '', date: '' }
}

export function NoticePage(props: {
  at: RolloutContext
  values: NoticeValues
  problem?: Problem | undefined
}) {
  const { at, values, problem } = props
  const { page, path } = at
  const errorOf = (field: string) => (problem?.field === field ? messageOf(problem) : undefined)
  const example = renderNotice(
    {
      subject: values.subject,
      text: values.text,
      link: values.link || null,
      date: values.date || null,
    },
    { email: 'ann@example.com', firstName: 'Ann' },
  )
  return (
    <page.Frame
      title="The notice"
      breadcrumb={crumbsBelow(at)}
      problem={problem}
      lead="What people are told. Whoever was informed by an earlier text is to be informed again."
      narrow={true}
    >
      <Form action={`${path}/notice`}>
        <TextField
          name="subject"
          label="Subject"
          value={values.subject}
          required={true}
          error={errorOf('subject')}
        />
        <TextArea
          name="text"
          label="Text"
          hint={
            <>
              <Code>{'{firstName}'}</Code>, <Code>{'{date}'}</Code> and <Code>{'{link}'}</Code> are
              filled in.
            </>
          }
          value={values.text}
          rows={12}
          required={true}
          error={errorOf('text')}
        />
        <TextField
          name="date"
          label="From when"
          hint="In the words of the notice, such as “Monday, 1 December”. It sets nothing: enforcement has its own date."
          value={values.date}
          error={errorOf('date')}
        />
        <TextField
          name="link"
          label="Where they can try it"
          kind="url"
          value={values.link}
          error={errorOf('link')}
        />
        <SubmitRow
          primary={{ label: 'Save', name: 'do', value: 'save' }}
          secondary={{ label: 'Preview', name: 'do', value: 'preview', unchecked: true }}
          cancel={{ href: `${path}#inform` }}
        />
      </Form>
      <Section id="preview" title="As Ann would get it">
        <div class="letter">
          <p class="strong">{example.subject}</p>
          <p class="letter-text">{example.text}</p>
        </div>
      </Section>
    </page.Frame>
  )
}
