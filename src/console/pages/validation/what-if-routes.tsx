// What-if: judges, and hands settings that mend something to the normal edit. Changes nothing by itself.
import type { Hono } from 'hono'
import { openKeyRing } from '../../../keys/key-ring.ts'
import { selectKeyPairs } from '../../../keys/store.ts'
import { getAttempt, type AttemptRow } from '../../../login/operations.ts'
import { done, problem, type Outcome } from '../../../result.ts'
import { whatIf, type WhatIf, type WhatIfSource } from '../../../rollout/validation/what-if.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { editOf, previewChange, type Change } from '../connection/change.ts'
import { readCertificateFields } from '../connection/intake-routes.tsx'
import { PreviewPage } from '../connection/preview-page.tsx'
import { requireMay, type OpenVisit, type Visit } from '../connection/visit.ts'
import { showAgain, showPage, take, takeOrShow } from '../../kit/door.tsx'
import { readForm, shownAgain, type Form } from '../../kit/form.ts'
import { WhatIfPage } from './what-if-page.tsx'
import { changedFields, readSubject, readValues, type WhatIfSubject } from './what-if-values.ts'

/** A response of 256 KiB, in base64, escaped; and the settings beside it. */
const WHAT_IF_BYTES = 1024 * 1024

export function whatIfRoutes(routes: Hono<App>, open: OpenVisit): void {
  const openToConfigure = async (c: AppContext) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    return visit
  }

  routes.get('/what-if', async (c) => {
    const visit = await openToConfigure(c)
    const attempt = await attemptOf(visit, c.req.query('attempt') ?? '')
    return showPage(c, <WhatIfPage visit={visit} attempt={attempt} />)
  })

  routes.post('/what-if', async (c) => {
    const visit = await openToConfigure(c)
    const form = await readForm(c, WHAT_IF_BYTES)
    const subject = readSubject(form)
    const attempt = await attemptOf(visit, subject.attemptSid)
    const values = readValues(form)
    const page = {
      visit,
      attempt,
      response: subject.response,
      values: { ...values, certificate: shownAgain(values.certificate) },
    }
    const change = await changeOf(visit, form)
    const judged = change.ok ? takeOrShow(await judge(c, visit, change.value, subject)) : change
    return judged.ok
      ? showPage(c, <WhatIfPage {...page} result={judged.value} />)
      : showAgain(c, judged.problem, <WhatIfPage {...page} problem={judged.problem} />)
  })

  // The settings as any other change: what it would do, then "save".
  routes.post('/what-if/preview', async (c) => {
    const visit = await openToConfigure(c)
    const form = await readForm(c, WHAT_IF_BYTES)
    const change = await changeOf(visit, form)
    const previewed = change.ok ? takeOrShow(await previewChange(visit, change.value)) : change
    if (previewed.ok) return showPage(c, <PreviewPage visit={visit} previewed={previewed.value} />)
    const subject = readSubject(form)
    const values = readValues(form)
    return showAgain(
      c,
      previewed.problem,
      <WhatIfPage
        visit={visit}
        attempt={await attemptOf(visit, subject.attemptSid)}
        response={subject.response}
        values={{ ...values, certificate: shownAgain(values.certificate) }}
        problem={previewed.problem}
      />,
    )
  })
}

/** Null where none is named. Throws `not_there` for one of another connection. */
async function attemptOf(
  { request, connection }: Visit,
  attemptSid: string,
): Promise<AttemptRow | null> {
  if (attemptSid === '') return null
  const attempt = take(await getAttempt(request, attemptSid))
  if (attempt.connectionSid !== connection.sid) throw new Refused('not_there')
  return attempt
}

async function changeOf({ connection, may }: Visit, form: Form): Promise<Outcome<Change>> {
  const certificates = await readCertificateFields(form, { required: false })
  if (!certificates.ok) return certificates
  return done({
    way: 'what-if',
    fields: changedFields(connection, readValues(form), { operator: may.operate }),
    certificates: certificates.value,
    metadataURL: null,
  })
}

async function judge(
  c: AppContext,
  { request, connection, origin }: Visit,
  change: Change,
  { attemptSid, response }: WhatIfSubject,
): Promise<Outcome<WhatIf>> {
  if (attemptSid === '' && response === '')
    return problem('input', 'a response, in base64 or as XML', '', 'response')
  const edit = await editOf(change)
  if (!edit.ok) return edit
  const { keySecrets } = c.var.config
  const source: WhatIfSource =
    attemptSid === ''
      ? {
          response,
          origin,
          keys: {
            decryptionKeys: async () =>
              openKeyRing(keySecrets, await selectKeyPairs(request.db)).decryptionKeys(),
          },
        }
      : { attemptSid }
  return whatIf(request, connection.sid, edit.value, source)
}
