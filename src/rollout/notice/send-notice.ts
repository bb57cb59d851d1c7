// Sends a notice through Cloudflare's `send_email` binding. No other file uses the binding.
import type { Message } from './notice.ts'

/** Sends one message; throws if the binding refuses it. */
export type SendNotice = (message: Message) => Promise<void>

/** `from`: an address of a domain that is onboarded for sending in the vendor's account. */
export function createSender(binding: SendEmail, from: string): SendNotice {
  return async ({ to, subject, text }) => {
    await binding.send({ from, to, subject, text })
  }
}
