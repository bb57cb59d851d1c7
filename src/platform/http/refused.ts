// A refusal to a person: a code of the catalogue. HTTP code throws it, and app.ts turns it into a
// page.
import type { TenantBranding } from '../branding.ts'
import type { ErrorCode } from '../../errors.ts'

/** “Use another account”: the IdP knows the person by one that does not help here. */
export type OtherAccount = {
  url: string
  signOut: SignOut
}

/** What a person signs out of first. Null: not known. */
export type SignOut = { product: string | null; url: string | null }

/** What the error page needs to know. Thrown only in HTTP code: the core returns values. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: ErrorCode
  /** The attempt's SID where one was recorded, else one of its own for the log. */
  readonly reference: string | undefined
  /** The SID of what the refusal is about, for the log. */
  readonly subject: string | undefined
  /** Of the tenant, where it is known. */
  readonly branding: Partial<TenantBranding> | undefined
  /** The target of “Start again”. */
  readonly restartURL: string | undefined
  readonly otherAccount: OtherAccount | undefined

  constructor(
    code: ErrorCode,
    options: {
      reference?: string
      subject?: string | undefined
      branding?: Partial<TenantBranding> | undefined
      restartURL?: string
      otherAccount?: OtherAccount
    } = {},
  ) {
    super(code)
    this.code = code
    this.reference = options.reference
    this.subject = options.subject
    this.branding = options.branding
    this.restartURL = options.restartURL
    this.otherAccount = options.otherAccount
  }
}
