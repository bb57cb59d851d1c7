// Errors of SCIM (RFC 7644 §3.12): a status, a keyword for programs, and a sentence that tells the
// IdP’s administrator what to do.

/** RFC 7644 §3.12, table 9. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'

const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error'

/** Thrown only in src/scim. Its routes turn it into a response. */
export class ScimRefusal extends Error {
  override readonly name = 'ScimRefusal'
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 429 | 500 | 501 | 503
  readonly scimType: ScimType | undefined
  readonly detail: string

  constructor(status: ScimRefusal['status'], detail: string, scimType?: ScimType) {
    super(detail)
    this.status = status
    this.detail = detail
    this.scimType = scimType
  }
}

export function bad(scimType: ScimType, detail: string): ScimRefusal {
  return new ScimRefusal(400, detail, scimType)
}

/** The body of an error. The status is text (RFC 7644 §3.12). */
export function describeRefusal({ status, scimType, detail }: ScimRefusal) {
  return { schemas: [ERROR_SCHEMA], status: String(status), ...(scimType && { scimType }), detail }
}
