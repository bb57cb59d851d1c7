// Routes of informing people: the notice, its recipients, and sending it.
import type { Hono } from 'hono'
import { noticeSender } from '../../../mail/notice-sender.ts'
import { openMail } from '../../../mail/open-mail.ts'
import { inform, recipientsCSV, setNotice } from '../../../rollout/operations.ts'
import type { App } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { downloadCSV } from '../../../platform/http/download-csv.ts'
import { requireMay, type OpenConnectionContext } from '../shared/connection-context.ts'
import { seeOther, showAgain, showPage, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm } from '../../kit/form.ts'
import { initialNotice, NoticePage } from './notice-page.tsx'
import { openRolloutContext } from './rollout-context.ts'
import { runStep } from './run-step.tsx'

/** A call sends twenty messages, each a subrequest: one call per POST. */
const SENDINGS_A_POST = 1

export function informRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/rollouts/:rollout/notice', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'test')
    return showPage(c, <NoticePage at={at} values={await initialNotice(at)} />)
  })

  routes.post('/rollouts/:rollout/notice', async (c) => {
    const at = await openRolloutContext(open, c)
    requireMay(at.page, 'test')
    const form = await readForm(c)
    const values = {
      subject: form.text('subject'),
      text: form.text('text').replaceAll('\r\n', '\n'),
      link: form.text('link'),
      date: form.text('date'),
    }
    if (form.text('do') === 'preview') return showPage(c, <NoticePage at={at} values={values} />)
    const { context } = at.page
    const set = unwrapOrShow(
      await setNotice(context, at.rollout.sid, {
        ...values,
        link: values.link || null,
        date: values.date || null,
      }),
    )
    if (set.ok) return seeOther(c, `${at.path}#inform`, 'notice_saved')
    const page = <NoticePage at={at} values={values} problem={set.error} />
    return showAgain(c, set.error, page)
  })

  routes.get('/rollouts/:rollout/recipients.csv', async (c) => {
    const { page, rollout } = await openRolloutContext(open, c)
    return downloadCSV('recipients.csv', recipientsCSV(page.context, rollout.sid))
  })

  routes.post('/rollouts/:rollout/inform', async (c) => {
    const at = await openRolloutContext(open, c)
    const form = await readForm(c)
    const [version, by] = [form.number('version'), form.text('by')]
    const send = by === 'email' ? noticeSender(openMail(c.env, c.var.config)) : null
    if (by !== 'hand' && !send) throw new Refused('input')
    let left = 0
    const call = async () => {
      const step = await inform(at.page.context, at.rollout.sid, {
        version,
        send: send ?? undefined,
      })
      if (step.ok) left = step.value.left
      return step
    }
    return runStep(c, open, at, call, {
      step: 'inform',
      title: send ? 'Sending notice' : 'Recording people as informed',
      action: 'inform',
      notice: () => (left > 0 ? 'people_informed_in_part' : 'people_informed'),
      hidden: { version: `${version}`, by },
      ...(send && { turns: SENDINGS_A_POST }),
    })
  })
}
