// The cases of the short form: enough to see that logins work and forgeries do not.
import type { Case } from './case.ts'
import { simpleSAMLphp } from './idps/simplesamlphp.ts'

export function isShort({ idp, twist, setting, start }: Case): boolean {
  if (idp.debian !== undefined && idp !== simpleSAMLphp) return false
  if (twist === 'wrong audience') return !idp.isSingle
  if (twist !== undefined) return twist === 'changed e-mail'
  if (setting.encrypt === 'aes128-gcm' || setting.encrypt === 'aes256-cbc') return false
  return setting.algorithm === 'rsa-sha256' && setting.sign === 'both' && start === 'redirect'
}
