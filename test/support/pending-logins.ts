// Logins that are under way, as a test may look into them: with the secret of the deployment.
import { env } from 'cloudflare:workers'
import { readConfig } from '../../src/env.ts'
import { openHandle } from '../../src/login/handle.ts'
import { openLoginKeys } from '../../src/login/login-keys.ts'

export function keyRing() {
  return openLoginKeys(readConfig(env).loginSecrets)
}

export function relayStateOf(url: string): string {
  return new URL(url).searchParams.get('RelayState')!
}

export async function nameOfHandle(connectionSid: string, handle: string): Promise<string> {
  return (await openHandle(await keyRing(), connectionSid, handle, Date.now()))!.name
}
