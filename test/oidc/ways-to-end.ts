// The ways in which sessions end all at once, each of which apps have to hear of.
import { changeState } from '../../src/connections/operations.ts'
import { editTenant } from '../../src/directory/operations.ts'
import { editUser } from '../../src/directory/user-operations.ts'
import { revokeSessions } from '../../src/sessions/operations.ts'
import { good, request } from '../support/request.ts'

type Whose = { userSid: string; connectionSid: string; tenantSid: string }

const END = {
  'revoked of a user': ({ userSid }: Whose) => revokeSessions(request(), { userSid }),
  'revoked of a connection': ({ connectionSid }: Whose) =>
    revokeSessions(request(), { connectionSid }),
  'revoked of a tenant': ({ tenantSid }: Whose) => revokeSessions(request(), { tenantSid }),
  'a user suspended': ({ userSid }: Whose) => editUser(request(), userSid, { suspended: true }),
  'a connection suspended': ({ connectionSid }: Whose) =>
    changeState(request(), connectionSid, 'suspend'),
  'a tenant suspended': ({ tenantSid }: Whose) =>
    editTenant(request(), tenantSid, { suspended: true }),
}

type Way = keyof typeof END

export const WAYS_TO_END = Object.keys(END) as Way[]

export async function endSessions(way: Way, whose: Whose): Promise<void> {
  good<unknown>(await END[way](whose))
}
