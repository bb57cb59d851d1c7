// CHANNELS: how events leave Gatepost. Rows of a channel that has no line here wait in the outbox.
import type { Channels } from './events/outbox/channel.ts'
import { openWebhooks } from './events/webhooks/send.ts'
import { openMailChannel } from './mail/channel.ts'

export const CHANNELS: Channels = { webhook: openWebhooks, mail: openMailChannel }
