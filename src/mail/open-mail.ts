// How this deployment sends mail, from its settings.
import type { DeploymentBranding } from '../platform/branding.ts'
import { ConfigError, readMail, type MailEnv, type MailSettings } from '../env.ts'
import { apiMailer, bindingMailer, type Mailer } from '../platform/mail/senders.ts'

/** What a mail needs of the deployment. */
export type MailOffice = {
  /** Null: none is set up. Then pages show what would have been sent. */
  mailer: Mailer | null
  /** Links lead here. */
  origin: string
  /** The name that mail comes from. */
  product: string
  /** How its mails look, where a tenant has nothing of its own. */
  branding?: DeploymentBranding | undefined
}

type OfficeConfig = { origin: string; productName: string; branding?: DeploymentBranding }

/** Throws a ConfigError where half of the settings are there. */
export function openMail(env: MailEnv, config: OfficeConfig): MailOffice {
  return officeOf(readMail(env), config)
}

/** Where half of the settings are there, mail is shown to copy, as without a sender. */
export function openMailToCopy(env: MailEnv, config: OfficeConfig): MailOffice {
  return officeOf(findMailSettings(env), config)
}

function officeOf(settings: MailSettings | null, config: OfficeConfig): MailOffice {
  const { origin, productName: product, branding } = config
  if (settings === null) return { mailer: null, origin, product, branding }
  const from = { name: product, address: settings.from, replyTo: settings.replyTo }
  const mailer =
    settings.by === 'binding'
      ? bindingMailer(settings.binding, from)
      : apiMailer({ url: settings.url, key: settings.key, from })
  return { mailer, origin, product, branding }
}

/**
 * The settings, for a page; null: no mail is sent, as with half of the settings. These fail on
 * sending, not on every page.
 */
export function findMailSettings(env: MailEnv): MailSettings | null {
  try {
    return readMail(env)
  } catch (error) {
    if (error instanceof ConfigError) return null
    throw error
  }
}

export function sendsMail(env: MailEnv): boolean {
  return findMailSettings(env) !== null
}
