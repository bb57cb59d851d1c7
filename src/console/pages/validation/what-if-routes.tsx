// Routes of what-if: check a response, and hand changed settings to the normal preview. They save
// nothing.
import type { Hono } from 'hono'
import { openKeyRing } from '../../../keys/key-ring.ts'
import { selectKeyPairs } from '../../../keys/store.ts'
import { getAttempt, type AttemptRow } from '../../../login/operations.ts'
import { type Problem, problem } from '../../../problem.ts'
import { ok, type Result } from '../../../result.ts'
import { whatIf, type WhatIf, type WhatIfSource } from '../../../rollout/validation/what-if.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { editOf, previewChange, type ProposedChange } from '../shared/change.ts'
import { readCertificateFields } from '../shared/certificate-fields.ts'
import { PreviewPage } from '../shared/preview-page.tsx'
import {
  requireMay,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'
import { showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { readForm, shownAgain, type Form } from '../../kit/form.ts'
import { WhatIfPage } from './what-if-page.tsx'
import { changesFrom, readValues } from '../shared/connection-fields.tsx'
import { readSubject, type WhatIfSubject } from './what-if-subject.ts'

/** Room for a response of 256 KiB, escaped in base64, and for the settings. */
const WHAT_IF_BYTES = 1024 * 1024

export function whatIfRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  const openToConfigure = async (c: AppContext) => {
    const at = await open(c)
    requireMay(at, 'configure')
    return at
  }

  routes.get('/what-if', async (c) => {
    const at = await openToConfigure(c)
    const attempt = await attemptOf(at, c.req.query('attempt') ?? '')
    return showPage(c, <WhatIfPage at={at} attempt={attempt} />)
  })

  routes.post('/what-if', async (c) => {
    const at = await openToConfigure(c)
    const form = await readForm(c, WHAT_IF_BYTES)
    const subject = readSubject(form)
    const attempt = await attemptOf(at, subject.attemptSid)
    const page = {
      at,
      attempt,
      response: subject.response,
      values: readValues(at, 'what-if', form),
      certificate: shownAgain(form.text('certificate')),
    }
    const change = await changeOf(at, form)
    const judged = change.ok ? unwrapOrShow(await judge(c, at, change.value, subject)) : change
    return judged.ok
      ? showPage(c, <WhatIfPage {...page} result={judged.value} />)
      : showAgain(c, judged.error, <WhatIfPage {...page} problem={judged.error} />)
  })

  // Like any other change: first the preview, then "Save".
  routes.post('/what-if/preview', async (c) => {
    const at = await openToConfigure(c)
    const form = await readForm(c, WHAT_IF_BYTES)
    const change = await changeOf(at, form)
    const previewed = change.ok ? unwrapOrShow(await previewChange(at, change.value)) : change
    if (previewed.ok) return showPage(c, <PreviewPage at={at} previewed={previewed.value} />)
    const subject = readSubject(form)
    return showAgain(
      c,
      previewed.error,
      <WhatIfPage
        at={at}
        attempt={await attemptOf(at, subject.attemptSid)}
        response={subject.response}
        values={readValues(at, 'what-if', form)}
        certificate={shownAgain(form.text('certificate'))}
        problem={previewed.error}
      />,
    )
  })
}

/** Null if none is named. Throws `not_there` for one of another connection. */
async function attemptOf(
  { context, connection }: ConnectionContext,
  attemptSid: string,
): Promise<AttemptRow | null> {
  if (attemptSid === '') return null
  const attempt = unwrap(await getAttempt(context, attemptSid))
  if (attempt.connectionSid !== connection.sid) throw new Refused('not_there')
  return attempt
}

async function changeOf(
  at: ConnectionContext,
  form: Form,
): Promise<Result<ProposedChange, Problem>> {
  const certificates = await readCertificateFields(form, { required: false })
  if (!certificates.ok) return certificates
  return ok({
    way: 'what-if',
    fields: changesFrom(at, 'what-if', readValues(at, 'what-if', form)),
    certificates: certificates.value,
    metadataURL: null,
  })
}

async function judge(
  c: AppContext,
  { context, connection, origin }: ConnectionContext,
  change: ProposedChange,
  { attemptSid, response }: WhatIfSubject,
): Promise<Result<WhatIf, Problem>> {
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
              openKeyRing(keySecrets, await selectKeyPairs(context.db)).decryptionKeys(),
          },
        }
      : { attemptSid }
  return whatIf(context, connection.sid, edit.value, source)
}
