// Shows secrets, and the result of a nomination.
import type { Answer } from './client.ts'
import { renderTable, renderTime } from './print.ts'
import { TESTERS } from './render-room.ts'

/** A secret, what it is for, and until when it is valid. */
export function renderOnce(secret: string, what: string, { expiresAt }: Answer): string {
  return `${secret}\n\n${what}, until ${renderTime(expiresAt)}. It is not shown again.`
}

/** The values that the developer of an app copies. */
export function renderApp({ sid, name, secret, issuer, previousSecretUntil }: Answer): string {
  const kept =
    previousSecretUntil === null
      ? ''
      : `\nThe previous secret is valid until ${renderTime(previousSecretUntil)}.`
  return [
    `issuer         ${issuer}`,
    `client_id      ${sid}`,
    secret === null
      ? `\n${name} is a public client: it has no secret.`
      : `client_secret  ${secret}\n\nSecret of ${name}. It is not shown again.${kept}`,
  ].join('\n')
}

export function renderNominated({ testers, refused }: Answer): string {
  return [
    testers.length > 0 ? renderTable(testers, TESTERS) : 'no testers',
    ...refused.map(({ email, code }: Record<string, string>) => `refused: ${email} (${code})`),
  ].join('\n')
}
