// The secret behind logins in flight, read once. Errors name the setting and never its value.
import { decodeBase64 } from '../base64.ts'
import { ConfigError, type LoginSecrets, type Setting } from '../env.ts'

const BYTES = 32

const reads = new WeakMap<LoginSecrets, Uint8Array<ArrayBuffer>[]>()

/** The current secret, then the previous one if it is set. Throws a ConfigError. */
export function readLoginSecrets(secrets: LoginSecrets): readonly Uint8Array<ArrayBuffer>[] {
  let read = reads.get(secrets)
  if (!read) {
    const { current, previous } = secrets
    reads.set(secrets, (read = [current, ...(previous.text ? [previous] : [])].map(readSecret)))
  }
  return read
}

function readSecret({ name, text }: Setting): Uint8Array<ArrayBuffer> {
  if (!text) throw new ConfigError(`${name} is not set`)
  const bytes = decodeBase64(text)
  if (bytes?.length !== BYTES) throw new ConfigError(`${name} is not 32 bytes in base64`)
  return bytes
}
