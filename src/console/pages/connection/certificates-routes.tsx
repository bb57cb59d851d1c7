// The routes of a connection's certificates: add, trust, refuse, remove, and download our own.
import type { Hono } from 'hono'
import {
  listCertificates,
  refuseCertificate,
  trustCertificate,
} from '../../../connections/certificates/operations.ts'
import { editConnection } from '../../../connections/operations.ts'
import { listKeyPairs } from '../../../keys/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { seeOther, showAgain, showPage, unwrap, unwrapOrShow } from '../../kit/admin-context.tsx'
import { CERTIFICATE_FORM_BYTES, readForm, readUpload, shownAgain } from '../../kit/form.ts'
import { CertificatePage, CertificatesPage } from './certificates-pages.tsx'
import { previewChange } from '../shared/change.ts'
import { readCertificateFields, tooLargeCertificate } from '../shared/certificate-fields.ts'
import { toPEM } from './our-side.tsx'
import { readCutsOff } from '../shared/cuts-off.tsx'
import { PreviewPage } from '../shared/preview-page.tsx'
import {
  requireMay,
  type OpenConnectionContext,
  type ConnectionContext,
} from '../shared/connection-context.ts'

async function factsOf(c: AppContext, { context, connection }: ConnectionContext) {
  const [certificates, keyPairs] = await Promise.all([
    listCertificates(context, connection.sid),
    listKeyPairs(context, c.var.config.keySecrets),
  ])
  return { certificates: unwrap(certificates), keyPairs: unwrap(keyPairs) }
}

async function getCertificate(c: AppContext, at: ConnectionContext) {
  const { certificates } = await factsOf(c, at)
  const fingerprint = c.req.param('fingerprint') ?? ''
  const find = (list: typeof certificates.pinned) =>
    list.find((one) => one.fingerprint === fingerprint)
  const certificate = find(certificates.pinned) ?? find(certificates.quarantined)
  if (!certificate) throw new Refused('not_there')
  const isTrusted = find(certificates.pinned) !== undefined
  return {
    certificate,
    isTrusted,
    removal: isTrusted ? await previewRemoval(at, fingerprint) : null,
  }
}

/** What its removal would do. Null: the reader may not remove it. */
async function previewRemoval(
  { context, connection, may }: ConnectionContext,
  fingerprint: string,
) {
  if (!may.configure) return null
  const removal = { removeCertificates: [fingerprint] }
  return unwrap(await editConnection(context, connection.sid, removal, { preview: true }))
}

export function certificateRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/certificates', async (c) => {
    const at = await open(c)
    return showPage(c, <CertificatesPage at={at} {...await factsOf(c, at)} />)
  })

  routes.post('/certificates', async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    const form = await readUpload(c, CERTIFICATE_FORM_BYTES)
    const read = form
      ? await readCertificateFields(form, { required: true })
      : tooLargeCertificate()
    const previewed = read.ok
      ? unwrapOrShow(
          await previewChange(at, {
            way: 'certificates',
            fields: {},
            certificates: read.value,
            metadataURL: null,
          }),
        )
      : read
    if (previewed.ok) return showPage(c, <PreviewPage at={at} previewed={previewed.value} />)
    const facts = await factsOf(c, at)
    return showAgain(
      c,
      previewed.error,
      <CertificatesPage
        at={at}
        {...facts}
        text={shownAgain(form?.text('certificate') ?? '')}
        problem={previewed.error}
      />,
    )
  })

  oneCertificateRoutes(routes, open)
}

function oneCertificateRoutes(routes: Hono<App>, open: OpenConnectionContext): void {
  routes.get('/certificates/:fingerprint', async (c) => {
    const at = await open(c)
    return showPage(c, <CertificatePage at={at} {...await getCertificate(c, at)} />)
  })

  routes.post('/certificates/:fingerprint/trust', async (c) => {
    const at = await open(c)
    const { context, connection, base } = at
    const trusted = unwrapOrShow(
      await trustCertificate(context, connection.sid, c.req.param('fingerprint')),
    )
    if (trusted.ok) return seeOther(c, `${base}/certificates`, 'certificate_trusted')
    const page = (
      <CertificatePage at={at} {...await getCertificate(c, at)} problem={trusted.error} />
    )
    return showAgain(c, trusted.error, page)
  })

  routes.post('/certificates/:fingerprint/refuse', async (c) => {
    const { context, connection, base } = await open(c)
    unwrap(await refuseCertificate(context, connection.sid, c.req.param('fingerprint')))
    return seeOther(c, `${base}/certificates`, 'certificate_refused')
  })

  routes.post('/certificates/:fingerprint/remove', async (c) => {
    const at = await open(c)
    requireMay(at, 'configure')
    const form = await readForm(c)
    const { context, connection, base } = at
    const removed = unwrapOrShow(
      await editConnection(
        context,
        connection.sid,
        {
          removeCertificates: [c.req.param('fingerprint')],
          compromised: form.flag('compromised'),
        },
        { ifVersion: form.number('version'), cutsOff: readCutsOff(form) },
      ),
    )
    if (removed.ok && removed.value.waits) return seeOther(c, `${base}/pending`, 'change_proposed')
    if (removed.ok) return seeOther(c, `${base}/certificates`, 'certificate_removed')
    const page = (
      <CertificatePage at={at} {...await getCertificate(c, at)} problem={removed.error} />
    )
    return showAgain(c, removed.error, page)
  })

  routes.get('/certificate.pem', async (c) => {
    const { context } = await open(c)
    const pairs = unwrap(await listKeyPairs(context, c.var.config.keySecrets))
    const current = pairs.find(({ stage }) => stage === 'current')
    if (!current) throw new Refused('not_there')
    return c.body(toPEM(current.certificate), 200, {
      'content-type': 'application/x-pem-file',
      'content-disposition': 'attachment; filename="gatepost-certificate.pem"',
    })
  })
}
