// Hundreds of transforms, each of them allowed: they are counted before one is looked at.
import { EXCLUSIVE } from '../support/sign-text.ts'
import { append } from '../support/xml-text.ts'
import { attack } from './harness.ts'

for (const count of [1, 500])
  attack(`transform-many, ${count} more`, {
    message: ({ respond }) =>
      respond({
        signature: {
          editSignedInfo: (text) =>
            append(
              text,
              'ds:Transforms',
              `<ds:Transform Algorithm="${EXCLUSIVE}"></ds:Transform>`.repeat(count),
            ),
        },
      }),
    code: 'signature_transform',
  })
