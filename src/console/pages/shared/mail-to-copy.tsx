// A mail that was not sent, ready to copy into a mail program.
import { CODE_WORDS, type MailCode } from '../../../mail/post/rules.ts'
import { CopyField, Notice } from '../../kit/blocks.tsx'

type Copied = { to: string; subject: string; text: string }

export function MailToCopy({ message, code }: { message: Copied; code: string | null }) {
  return (
    <Notice tone="warning" title="The mail was not sent. Copy it and send it yourself.">
      <p>{wordsOfCode(code)}</p>
      <CopyField id="mail-to" label="To" value={message.to} />
      <CopyField id="mail-subject" label="Subject" value={message.subject} />
      <CopyField id="mail-text" label="Text" value={message.text} lines={12} words={true} />
    </Notice>
  )
}

export function wordsOfCode(code: string | null): string {
  if (code === null) return ''
  return `${CODE_WORDS[code as MailCode] ?? code}.`
}
