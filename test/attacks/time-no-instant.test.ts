// A time that is none: it is never taken for "no limit".
import { attack } from './harness.ts'

const TIMES = [
  'tomorrow',
  '2026-11-24',
  '2026-11-24T12:30:00',
  '2026-11-31T12:30:00Z',
  '2026-11-24T24:00:01Z',
  '2026-11-24T12:30:60Z',
  '2126-11-24 12:30:00Z',
  '+002126-11-24T12:30:00Z',
  ' 2126-11-24T12:30:00Z',
  '99999-11-24T12:30:00Z',
  '4000000000000',
]

for (const time of TIMES) {
  attack(`time-no-instant, confirmation until ${time}`, {
    message: ({ respond }) => respond({ confirmations: [{ notOnOrAfter: time }] }),
    code: 'time_unreadable',
  })

  attack(`time-no-instant, Conditions until ${time}`, {
    message: ({ respond }) => respond({ notOnOrAfter: time }),
    code: 'time_unreadable',
  })

  attack(`time-no-instant, Conditions from ${time}`, {
    message: ({ respond }) => respond({ notBefore: time }),
    code: 'time_unreadable',
  })

  attack(`time-no-instant, authentication at ${time}`, {
    message: ({ respond }) => respond({ authnInstant: time }),
    code: 'time_unreadable',
  })

  attack(`time-no-instant, session until ${time}`, {
    message: ({ respond }) => respond({ sessionNotOnOrAfter: time }),
    code: 'time_unreadable',
  })
}
