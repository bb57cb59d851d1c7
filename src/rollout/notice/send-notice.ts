// What informing needs of the mail: src/mail sends it.
import type { OutgoingNotice } from './notice.ts'

/**
 * Sends one notice; `key` is the same for each try of the same one. Does not reject: what is not
 * `ok` was not sent.
 */
export type SendNotice = (message: OutgoingNotice, key: string) => Promise<{ ok: boolean }>
