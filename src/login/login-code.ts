// The login code: the name of the login, which names its cookie, and a one-time secret. Pure.
import { createSecret, isSecret } from '../platform/secret.ts'
import { isLoginName } from './handle.ts'

export function createLoginCode(name: string): string {
  return `${name}.${createSecret()}`
}

/** The name of the login. Undefined: the text is no login code. */
export function nameOfLoginCode(code: string): string | undefined {
  const [name = '', secret, ...others] = code.split('.')
  return isLoginName(name) && isSecret(secret) && others.length === 0 ? name : undefined
}
