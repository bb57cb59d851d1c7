// `npm start` as a newcomer runs it, on ports of its own: over http, or over https with a
// certificate of this run.
import { execFile } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import 'reflect-metadata'
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509'
import { findFreePort } from './ports.ts'
import { start } from './processes.ts'

export const SCHEMES = ['http', 'https'] as const
export type Scheme = (typeof SCHEMES)[number]

export type Demo = {
  scheme: Scheme
  origin: string
  idpOrigin: string
  appOrigin: string
  edgeOrigin: string
  /** Where a login begins. */
  startURL: string
  /** A link that signs an operator in to the console, once. */
  signInLink(): Promise<string>
  stop(): Promise<void>
}

const START_MILLISECONDS = 180_000

/** `isWithoutKV`: its KV fails at each call. */
export async function startDemo(
  scheme: Scheme,
  root: string,
  runFolder: string,
  isWithoutKV = false,
): Promise<Demo> {
  const names = ['PORT', 'IDP_PORT', 'APP_PORT', 'EDGE_PORT'] as const
  const ports = {} as Record<(typeof names)[number], number>
  for (const name of names) ports[name] = await findFreePort()
  const folder = `${runFolder}/demo-${scheme}${isWithoutKV ? '-without-kv' : ''}`
  const environment = {
    ...Object.fromEntries(names.map((name) => [name, String(ports[name])])),
    ...(scheme === 'https' && (await makeCertificate(folder))),
    ...(isWithoutKV && { WORKER_ENTRY: 'test/e2e/harness/without-kv.ts' }),
  }
  const command = { cwd: root, command: process.execPath }
  const started = start({ ...command, folder, arguments: ['examples/demo/start.ts'], environment })
  const end: { how?: string } = {}
  void started.ended.then((how) => (end.how = how))
  const deadline = Date.now() + START_MILLISECONDS
  let startURL: string | undefined
  while (!(startURL = /^Ready: (\S+)$/m.exec(started.log())?.[1])) {
    if (end.how !== undefined || Date.now() > deadline) {
      await started.stop()
      throw new Error(`npm start is not ready (${end.how ?? 'waited'})\n${started.log()}`)
    }
    await delay(200)
  }
  const { origin } = new URL(startURL)
  return {
    scheme,
    origin,
    idpOrigin: `http://127.0.0.1:${ports.IDP_PORT}`,
    appOrigin: `http://localhost:${ports.APP_PORT}`,
    edgeOrigin: `http://localhost:${ports.EDGE_PORT}`,
    startURL,
    async signInLink() {
      const args = [
        'src/cli/main.ts',
        'operator',
        'sign-in',
        '--email',
        'olga@vendor.example',
        '--name',
        'olga',
        '--json',
      ]
      const { url } = JSON.parse(await output(root, args)) as { url: string }
      // The command goes by the ORIGIN of .dev.vars, which may be of another port.
      const { pathname, search } = new URL(url)
      return origin + pathname + search
    },
    stop: () => started.stop(),
  }
}

function output(cwd: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${args.join(' ')}: ${stderr}`))
      else resolve(stdout)
    })
  })
}

/** The settings of a certificate for localhost that the processes of the demo trust. */
async function makeCertificate(folder: string): Promise<Record<string, string>> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const day = 24 * 3600 * 1000
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  })
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/cert.pem`, certificate.toString('pem'))
  const pem = key.export({ format: 'pem', type: 'pkcs8' })
  writeFileSync(`${folder}/key.pem`, pem, { mode: 0o600 })
  return {
    HTTPS_CERT: `${folder}/cert.pem`,
    HTTPS_KEY: `${folder}/key.pem`,
    NODE_EXTRA_CA_CERTS: `${folder}/cert.pem`,
  }
}
