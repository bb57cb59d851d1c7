// Sends the notice of a rollout: the operator's own words, in the layout of every mail. The list of
// the rollout records who got it, so the mail log does not.
import { brandingOf } from '../platform/branding.ts'
import { openLanguage } from '../languages/translate.ts'
import type { SendNotice } from '../rollout/operations.ts'
import { renderLetter } from './layout.ts'
import type { MailOffice } from './open-mail.ts'

/** Null where no mail is sent. */
export function noticeSender({ mailer, branding, ...office }: MailOffice): SendNotice | null {
  if (!mailer) return null
  const none = { accentColor: null, helpURL: null, supportContact: null }
  const deployment = branding ?? { ...none, productName: office.product }
  return async ({ to, subject, text, language, own }, key) => {
    const mail = { title: subject, blocks: [{ p: text.trim() }] }
    const t = await openLanguage(language)
    const { product, accent, helpURL } = brandingOf(deployment, own)
    const why = t.text('mailNoticeWhy', { product })
    const { html } = renderLetter(mail, { product, accent, helpURL, why, language: t })
    return mailer.send(
      { to, subject, text, html, headers: { 'Auto-Submitted': 'auto-generated' } },
      key,
    )
  }
}
