// Routes of the synthetic login.
import * as z from 'zod/mini'
import { endProbe, getProbeResult, startProbe } from '../probe/operations.ts'
import { route } from './engine/route.ts'
import { about, instant, named } from './engine/schema.ts'

const tag = 'Synthetic login'

export const PROBE_ROUTES = [
  route({
    method: 'POST',
    path: '/probe/keys',
    operationId: 'startProbe',
    summary: 'Trust a key for one run of the synthetic login',
    description:
      'The key may sign responses at one connection, which signs nobody in. ' +
      'It is taken away after ten minutes at the latest. `gatepost probe run` makes all calls.',
    tag,
    who: 'operators',
    permission: 'keys',
    body: named('ProbeKey', z.strictObject({ certificate: z.string().check(z.maxLength(20_000)) })),
    status: 201,
    answer: named(
      'ProbeRun',
      z.object({
        fingerprint: about(z.string(), 'Of the certificate: names the run.'),
        expiresAt: instant,
        loginURL: about(z.string(), 'Where the test sign-in begins.'),
        idpEntityID: about(z.string(), 'The Issuer of the responses.'),
        spEntityID: z.string(),
        acsURL: z.string(),
      }),
    ),
    reads: ['certificate'],
    problems: [
      'certificate_malformed',
      'certificate_private_key',
      'signature_key_weak',
      'signature_key_unsupported',
      'probes_at_once',
    ],
    handle: ({ context, config, body }) => startProbe(context, config.origin, body.certificate),
  }),
  route({
    method: 'GET',
    path: '/probe/results/{attempt}',
    operationId: 'getProbeResult',
    summary: 'Get what came of a response of the synthetic login',
    tag,
    who: 'operators',
    permission: 'view',
    status: 200,
    answer: named(
      'ProbeResult',
      z.object({
        passed: about(z.boolean(), 'Every check passed, and nobody was signed in.'),
        code: about(z.nullable(z.string()), '`user_unknown` where it passed.'),
        failed: about(z.nullable(z.string()), 'The first check that failed.'),
      }),
    ),
    handle: ({ context, params }) => getProbeResult(context, params.attempt),
  }),
  route({
    method: 'DELETE',
    path: '/probe/keys/{fingerprint}',
    operationId: 'endProbe',
    summary: 'Take the key of a run away',
    tag,
    who: 'operators',
    permission: 'keys',
    status: 204,
    answer: null,
    handle: ({ context, params }) => endProbe(context, params.fingerprint),
  }),
]
