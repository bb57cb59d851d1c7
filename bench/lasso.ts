// Lasso as a contender: one child process for the whole run, which measures itself.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Entry } from './contenders.ts'
import type { Message, Parties } from './messages.ts'

type Answer = { milliseconds: number; nameID: string } | { refused: string }

const NAME = 'Lasso (C)'
const PYTHONS = ['/usr/bin/python3', 'python3']

export async function startLasso(parties: Parties): Promise<Entry> {
  const python = PYTHONS.find((candidate) => canImport(candidate))
  if (!python) return { name: NAME, absent: 'python3-lasso is not installed' }
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-bench-'))
  writeFileSync(join(folder, 'sp.xml'), serviceProviderMetadata(parties))
  writeFileSync(join(folder, 'idp.xml'), identityProviderMetadata(parties))
  writeFileSync(join(folder, 'sp-key.pem'), parties.spPrivateKey, { mode: 0o600 })

  const child = spawn(python, [join(import.meta.dirname, 'time-lasso.py'), folder], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (messages: readonly Message[]): Promise<Answer[]> => {
    const request = messages.map(({ field, kind }) => ({
      field,
      bothSigned: kind === 'both signed',
    }))
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await lines.next()
    if (done) throw new Error(`${NAME} has ended`)
    return JSON.parse(value as string) as Answer[]
  }
  const contender = {
    name: NAME,
    version: version(),
    async measure(messages: readonly Message[]) {
      const answers = await ask(messages)
      return answers.map((answer, index) => {
        if ('refused' in answer) throw new Error(`${NAME}: ${answer.refused}`)
        if (answer.nameID !== messages[index]!.nameID)
          throw new Error(`${NAME} read "${answer.nameID}"`)
        return answer.milliseconds
      })
    },
    async refuses(message: Message) {
      const [answer] = await ask([message])
      return 'refused' in answer!
    },
    close() {
      child.stdin.end()
      rmSync(folder, { recursive: true })
    },
  }
  return { name: NAME, contender }
}

function canImport(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import lasso'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The version by the package manager: the binding has no constant for it. */
function version(): string {
  const read = (name: string) => {
    try {
      return execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { stdio: 'pipe' })
        .toString()
        .replace(/^\d+:/, '')
    } catch {
      return 'of unknown version'
    }
  }
  return `${read('liblasso3')} (libxml2 ${read('libxml2')}, xmlsec ${read('libxmlsec1')})`
}

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const BINDINGS = 'urn:oasis:names:tc:SAML:2.0:bindings'

function keyDescriptor(use: 'signing' | 'encryption', certificate: string): string {
  const base64 = certificate.replace(/-----[^-]+-----|\s/g, '')
  return [
    `<KeyDescriptor use="${use}"><KeyInfo xmlns="${SIGNATURE}">`,
    `<X509Data><X509Certificate>${base64}</X509Certificate></X509Data>`,
    '</KeyInfo></KeyDescriptor>',
  ].join('')
}

function serviceProviderMetadata({ spEntityID, acsURL, spCertificate }: Parties): string {
  return [
    `<EntityDescriptor xmlns="${METADATA}" entityID="${spEntityID}">`,
    '<SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true"',
    ` protocolSupportEnumeration="${PROTOCOL}">`,
    keyDescriptor('signing', spCertificate),
    keyDescriptor('encryption', spCertificate),
    '<AssertionConsumerService index="0" isDefault="true"',
    ` Binding="${BINDINGS}:HTTP-POST" Location="${acsURL}"/>`,
    '</SPSSODescriptor></EntityDescriptor>\n',
  ].join('')
}

function identityProviderMetadata({ idpEntityID, ssoURL, idpCertificate }: Parties): string {
  return [
    `<EntityDescriptor xmlns="${METADATA}" entityID="${idpEntityID}">`,
    '<IDPSSODescriptor WantAuthnRequestsSigned="false"',
    ` protocolSupportEnumeration="${PROTOCOL}">`,
    keyDescriptor('signing', idpCertificate),
    `<SingleSignOnService Binding="${BINDINGS}:HTTP-Redirect" Location="${ssoURL}"/>`,
    '</IDPSSODescriptor></EntityDescriptor>\n',
  ].join('')
}
