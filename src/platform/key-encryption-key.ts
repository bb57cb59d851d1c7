// The key that encrypts secrets at rest, read from the Worker’s settings at first use, then kept.
// Errors name the setting and never its value.
import { decodeBase64 } from '../base64.ts'
import { ConfigError, type KeySecrets, type Setting } from '../env.ts'

const reads = new WeakMap<KeySecrets, Promise<CryptoKey | null>>()

/** Null where it is not set. Rejects with a ConfigError where it is invalid. */
export function readKeyEncryptionKey(secrets: KeySecrets): Promise<CryptoKey | null> {
  let read = reads.get(secrets)
  if (!read) reads.set(secrets, (read = readKey(secrets.keyEncryptionKey)))
  return read
}

/** 32 bytes; undefined: they are no such key. */
export async function importKeyEncryptionKey(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey | undefined> {
  if (bytes.length !== 32) return undefined
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/** The bytes of a setting. Throws a ConfigError where it is not set or not base64. */
export function readBase64Setting({ name, text }: Setting): Uint8Array<ArrayBuffer> {
  const bytes = text ? decodeBase64(text) : undefined
  if (!bytes) throw new ConfigError(`${name} is ${text ? 'not base64' : 'not set'}`)
  return bytes
}

async function readKey(setting: Setting): Promise<CryptoKey | null> {
  if (!setting.text) return null
  const key = await importKeyEncryptionKey(readBase64Setting(setting))
  if (!key) throw new ConfigError(`${setting.name} is not 32 bytes in base64`)
  return key
}
