// Metadata whose time is over, wherever it says so: an old file brings back a key that was given
// up. A date that nobody can read is no promise.
import {
  enlarged,
  entitiesDescriptor,
  entityDescriptor,
  IDP,
} from '../saml/metadata/metadata-text.ts'
import { metadataAttack } from './metadata-harness.ts'

const FUTURE = '2026-11-24T12:00:01Z'
const within = (validUntil: string, ...more: string[]): string =>
  entitiesDescriptor(
    more.length > 0
      ? within(more[0]!, ...more.slice(1)).replace(' ID="_entities"', '')
      : entityDescriptor({}, false),
    { validUntil },
  )
const PLACES: Record<string, (validUntil: string) => string> = {
  'the entity': (validUntil) => entityDescriptor({ validUntil }),
  'the role': (validUntil) => entityDescriptor({ roleAttributes: ` validUntil="${validUntil}"` }),
  'the root of several': (validUntil) => within(validUntil, FUTURE),
  'the middle of several': (validUntil) => within(FUTURE, validUntil, FUTURE),
}

for (const [place, make] of Object.entries(PLACES))
  for (const past of [
    '2026-11-24T12:00:00.500Z',
    '2020-01-01T00:00:00Z',
    '2036-01-01',
    'never',
    ' ',
  ])
    for (const [size, sized] of [
      ['small', (xml: string) => xml],
      ['large', enlarged],
    ] as const)
      metadataAttack(`metadata-expired, ${place}: "${past}", ${size}`, {
        genuine: sized(make(FUTURE)),
        manipulated: sized(make(past)),
        code:
          Number.isNaN(Date.parse(past)) || !past.includes('T')
            ? 'metadata_time'
            : 'metadata_expired',
        entityID: IDP,
      })
