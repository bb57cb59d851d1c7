// An audience that begins with ours, or that ours begins with.
import { attack } from './harness.ts'

const CHANGES: Record<string, (entityID: string) => string> = {
  longer: (entityID) => `${entityID}.attacker.example`,
  'with a slash': (entityID) => `${entityID}/`,
  shorter: (entityID) => entityID.slice(0, -1),
  'the origin': (entityID) => new URL(entityID).origin,
  'in capitals': (entityID) => entityID.toUpperCase(),
  'with a line feed': (entityID) => `${entityID}\n`,
  'with a space before it': (entityID) => ` ${entityID}`,
}

for (const [name, change] of Object.entries(CHANGES))
  attack(`audience-prefix, ${name}`, {
    message: ({ respond, idp }) => respond({ audiences: [[change(idp.sp.entityID)]] }),
    code: 'audience',
  })
