// A connection as both sides need to see it: its fields, and what has to be entered where.
import type { Answer } from '../client.ts'

export function showConnection({
  tenantName,
  certificateCount,
  events,
  ours,
  idp,
  ...row
}: Answer): Record<string, unknown> {
  return {
    ...row,
    tenant: tenantName,
    certificates: certificateCount,
    next: events,
    preset: idp.name,
    ourEntityID: ours.entityID,
    ourACSURL: ours.acsURL,
    ourLoginURL: ours.loginURL,
    inTheIdP: {
      place: idp.place,
      ourEntityID: idp.ours.entityID,
      ourACSURL: idp.ours.acsURL,
      ourMetadata: idp.ours.upload,
    },
    attributes: Object.entries(idp.attributes as Record<string, Answer>).map(
      ([field, { name, value }]) => `${field}: ${name} (${value})`,
    ),
    nameIDAdvice: idp.nameID,
  }
}
