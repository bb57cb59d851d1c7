// The editor of a notice, with a preview for one person.
import type { Problem } from '../../../problem.ts'
import { firstNotice, renderNotice } from '../../../rollout/operations.ts'
import { Code, Section } from '../../kit/blocks.tsx'
import { Form, SubmitRow, TextArea, TextField } from '../../kit/forms.tsx'
import { messageOf } from '../../kit/words.ts'
import { crumbsBelow, type RolloutContext } from './rollout-context.ts'

export type NoticeValues = { subject: string; text: string; link: string; date: string }

/** A notice links to https alone. */
const FRONT_DOOR = /^https:/

export async function initialNotice({ rollout, page }: RolloutContext): Promise<NoticeValues> {
  const { notice, fromConnectionSid, connectionSid } = rollout
  if (notice) return { ...notice, link: notice.link ?? '', date: notice.date ?? '' }
  // People who move must come to the new connection: the front door leads to the one before.
  const place = fromConnectionSid === null ? '/login' : `/sso/${connectionSid}`
  const link = FRONT_DOOR.test(page.origin) ? `${page.origin}${place}` : ''
  return { ...(await firstNotice(page.context, rollout)), link, date: '' }
}

export function NoticePage(props: {
  at: RolloutContext
  values: NoticeValues
  problem?: Problem | undefined
}) {
  const { at, values, problem } = props
  const { page, path } = at
  const errorOf = (field: string) =>
    problem?.field === field ? messageOf(problem, at.page.reader) : undefined
  return (
    <page.Frame
      title="Notice"
      breadcrumb={crumbsBelow(at)}
      problem={problem}
      lead="The message to people on the list. After a change, everyone must be informed again."
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
          label="Start date"
          hint={
            <>
              As written in the notice, such as “Monday, 1 December”. It does not schedule
              enforcement.
            </>
          }
          value={values.date}
          error={errorOf('date')}
        />
        <TextField
          name="link"
          label="Link to try it"
          kind="url"
          value={values.link}
          error={errorOf('link')}
        />
        <SubmitRow
          primary={{ label: 'Save notice', name: 'do', value: 'save' }}
          secondary={{ label: 'Preview notice', name: 'do', value: 'preview', unchecked: true }}
          cancel={{ href: `${path}#inform` }}
        />
      </Form>
      <Preview values={values} />
    </page.Frame>
  )
}

function Preview({ values }: { values: NoticeValues }) {
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
    <Section id="preview" title="Preview for Ann">
      <div class="letter">
        <p class="strong">{example.subject}</p>
        <p class="letter-text">{example.text}</p>
      </div>
    </Section>
  )
}
