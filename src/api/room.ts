// Routes of the validation room: what both sides watch, and what a response would come to after an
// edit.
import { readCertificates } from '../connections/operations.ts'
import { openKeyRing } from '../keys/key-ring.ts'
import { selectKeyPairs } from '../keys/store.ts'
import { getRoom, roomVersion } from '../rollout/validation/room-operations.ts'
import { whatIf } from '../rollout/validation/what-if.ts'
import { room, verdicts, whatIfQuestion } from './room-schema.ts'
import { route } from './engine/route.ts'

const tag = 'Testing'

/** A response of 256 KiB, in base64. */
const RESPONSE_BYTES = 1024 * 1024

export const ROOM_ROUTES = [
  route({
    method: 'GET',
    path: '/connections/{connection}/room',
    operationId: 'getRoom',
    summary: 'Get the validation room: steps, latest attempts with every check, sign-offs',
    description: 'To follow the room live, send If-None-Match: 304 costs one small query.',
    tag,
    who: 'tenants',
    permission: 'view',
    cli: { verb: 'connection room', takes: ['connection'] },
    status: 200,
    answer: room,
    versioned: {
      of: ({ version }) => version,
      now: ({ context, params }) => roomVersion(context, params.connection),
    },
    handle: ({ context, params }) => getRoom(context, params.connection),
  }),
  route({
    method: 'POST',
    path: '/connections/{connection}/what-if',
    operationId: 'whatIf',
    summary: 'Check an attempt or a SAML response with the present connection and with an edit',
    description: 'Nothing is stored, and no session is opened.',
    tag,
    who: 'tenants',
    permission: 'configure',
    body: whatIfQuestion,
    jsonLimit: RESPONSE_BYTES,
    status: 200,
    answer: verdicts,
    reads: ['response', 'certificate'],
    problems: [
      'identifier',
      'endpoint_url',
      'certificate_malformed',
      'certificate_private_key',
      'certificate_unknown',
      'signature_key_weak',
      'signature_key_unsupported',
      'response_not_base64',
      'response_too_large',
      'checks_not_kept',
    ],
    async handle({ context, params, body, config }) {
      const { fields = {}, addCertificates: pem, removeCertificates = [] } = body.edit ?? {}
      const read = pem === undefined ? undefined : await readCertificates(pem)
      if (read && !read.ok) return read
      const edit = { fields, addCertificates: read?.value ?? [], removeCertificates }
      if ('attemptSid' in body)
        return whatIf(context, params.connection, edit, { attemptSid: body.attemptSid })
      const decryptionKeys = async () =>
        openKeyRing(config.keySecrets, await selectKeyPairs(context.db)).decryptionKeys()
      return whatIf(context, params.connection, edit, {
        response: body.response,
        at: body.at,
        origin: config.origin,
        keys: { decryptionKeys },
      })
    },
  }),
]
