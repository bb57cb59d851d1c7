// A connection's certificates: add, trust, refuse, remove; and our own to take along.
import type { Hono } from 'hono'
import {
  listCertificates,
  refuseCertificate,
  trustCertificate,
} from '../../../connections/certificates/certificate-operations.ts'
import { editConnection } from '../../../connections/operations.ts'
import { listKeyPairs } from '../../../keys/operations.ts'
import type { App, AppContext } from '../../../platform/http/http.ts'
import { Refused } from '../../../platform/http/refused.ts'
import { seeOther, showAgain, showPage, take, takeOrShow } from '../../kit/door.tsx'
import { CERTIFICATE_FORM_BYTES, readForm, readUpload, shownAgain } from '../../kit/form.ts'
import { CertificatePage, CertificatesPage } from './certificates-pages.tsx'
import { previewChange } from './change.ts'
import { readCertificateFields, tooLargeCertificate } from './intake-routes.tsx'
import { toPEM } from './our-side.tsx'
import { PreviewPage } from './preview-page.tsx'
import { requireMay, type OpenVisit, type Visit } from './visit.ts'

export function certificateRoutes(routes: Hono<App>, open: OpenVisit): void {
  const factsOf = async (c: AppContext, { request, connection }: Visit) => {
    const [certificates, keyPairs] = await Promise.all([
      listCertificates(request, connection.sid),
      listKeyPairs(request, c.var.config.keySecrets),
    ])
    return { certificates: take(certificates), keyPairs: take(keyPairs) }
  }

  const getCertificate = async (c: AppContext, visit: Visit) => {
    const { certificates } = await factsOf(c, visit)
    const fingerprint = c.req.param('fingerprint')
    const find = (list: typeof certificates.pinned) =>
      list.find((one) => one.fingerprint === fingerprint)
    const certificate = find(certificates.pinned) ?? find(certificates.quarantined)
    if (!certificate) throw new Refused('not_there')
    return { certificate, isTrusted: find(certificates.pinned) !== undefined }
  }

  routes.get('/certificates', async (c) => {
    const visit = await open(c)
    return showPage(c, <CertificatesPage visit={visit} {...await factsOf(c, visit)} />)
  })

  routes.post('/certificates', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    const form = await readUpload(c, CERTIFICATE_FORM_BYTES)
    const read = form
      ? await readCertificateFields(form, { required: true })
      : tooLargeCertificate()
    const previewed = read.ok
      ? takeOrShow(
          await previewChange(visit, {
            way: 'certificates',
            fields: {},
            certificates: read.value,
            metadataURL: null,
          }),
        )
      : read
    if (previewed.ok) return showPage(c, <PreviewPage visit={visit} previewed={previewed.value} />)
    const facts = await factsOf(c, visit)
    return showAgain(
      c,
      previewed.problem,
      <CertificatesPage
        visit={visit}
        {...facts}
        text={shownAgain(form?.text('certificate') ?? '')}
        problem={previewed.problem}
      />,
    )
  })

  routes.get('/certificates/:fingerprint', async (c) => {
    const visit = await open(c)
    return showPage(c, <CertificatePage visit={visit} {...await getCertificate(c, visit)} />)
  })

  routes.post('/certificates/:fingerprint/trust', async (c) => {
    const visit = await open(c)
    const { request, connection, base } = visit
    const trusted = takeOrShow(
      await trustCertificate(request, connection.sid, c.req.param('fingerprint')),
    )
    if (trusted.ok) return seeOther(c, `${base}/certificates`, 'certificate_trusted')
    const page = (
      <CertificatePage
        visit={visit}
        {...await getCertificate(c, visit)}
        problem={trusted.problem}
      />
    )
    return showAgain(c, trusted.problem, page)
  })

  routes.post('/certificates/:fingerprint/refuse', async (c) => {
    const { request, connection, base } = await open(c)
    take(await refuseCertificate(request, connection.sid, c.req.param('fingerprint')))
    return seeOther(c, `${base}/certificates`, 'certificate_refused')
  })

  routes.post('/certificates/:fingerprint/remove', async (c) => {
    const visit = await open(c)
    requireMay(visit, 'configure')
    const form = await readForm(c)
    const { request, connection, base } = visit
    const removed = takeOrShow(
      await editConnection(
        request,
        connection.sid,
        { removeCertificates: [c.req.param('fingerprint')] },
        { ifVersion: form.number('version') },
      ),
    )
    if (removed.ok) return seeOther(c, `${base}/certificates`, 'certificate_removed')
    if (removed.problem.code !== 'revision_changed') take(removed)
    const page = (
      <CertificatePage
        visit={visit}
        {...await getCertificate(c, visit)}
        problem={removed.problem}
      />
    )
    return showAgain(c, removed.problem, page)
  })

  routes.get('/certificate.pem', async (c) => {
    const { request } = await open(c)
    const pairs = take(await listKeyPairs(request, c.var.config.keySecrets))
    const current = pairs.find(({ stage }) => stage === 'current')
    if (!current) throw new Refused('not_there')
    return c.body(toPEM(current.certificate), 200, {
      'content-type': 'application/x-pem-file',
      'content-disposition': 'attachment; filename="gatepost-certificate.pem"',
    })
  })
}
