// A customer ready for a rollout, and browsers in console and portal.
import type { Capability } from '../../../../src/events/actor.ts'
import type { Browser } from '../../../support/browser.ts'
import { openLink, openOperator } from '../../operator/admins.ts'
import { createReadyCustomer } from '../../../rollout/customer.ts'

export async function openStage(emails: readonly string[]) {
  const customer = await createReadyCustomer(emails)
  const { connectionSid, account } = customer
  const operator = await openOperator()
  const link = (capabilities: readonly Capability[] = ['configure', 'test']) =>
    openLink({ connectionSid }, capabilities)
  /** Everybody of the account, chosen and not frozen yet. */
  const sid = await customer.select({ accounts: [account] })
  return {
    ...customer,
    sid,
    operator,
    link,
    console: `/console/connections/${connectionSid}/rollouts/${sid}`,
    portal: `/setup/rollouts/${sid}`,
  }
}

export type Stage = Awaited<ReturnType<typeof openStage>>

export async function textOf(browser: Browser, path: string): Promise<string> {
  const response = await browser.get(path)
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`)
  return response.text()
}

/** Where the forms of a page lead. */
export function actionsOf(page: string): string[] {
  return [...page.matchAll(/<form[^>]*action="([^"]+)"/g)].map(([, action]) => action!)
}

/** The words of a page. */
export function wordsOf(page: string): string {
  return page
    .replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}
