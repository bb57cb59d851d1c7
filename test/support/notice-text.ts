// The first text of a notice, as a tenant gets it whose mails are in English.
import { ENGLISH } from '../../src/languages/english.ts'
import { translatorOf } from '../../src/languages/translate.ts'
import { templateOf } from '../../src/rollout/notice/notice.ts'

export const TEMPLATE = templateOf(
  { fromConnectionSid: null },
  translatorOf('en', { texts: ENGLISH }),
)
