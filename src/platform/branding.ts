// Whose product a page or mail belongs to: the deployment's settings, and a tenant's own values.
// Pure.
import { accentOf, type Accent } from './accent.ts'

/** What a tenant may have instead of the deployment's. */
export type TenantBranding = {
  productName: string | null
  /** `#rrggbb`. */
  accentColor: string | null
  helpURL: string | null
  supportContact: string | null
}

export type DeploymentBranding = TenantBranding & { productName: string }

export type Branding = {
  product: string
  /** Null: our own colours. */
  accent: Accent | null
  helpURL: string | null
  supportContact: string | null
}

/** `own`: of the tenant, where it is known. */
export function brandingOf(
  deployment: DeploymentBranding,
  own?: Partial<TenantBranding> | null,
): Branding {
  const color = own?.accentColor ?? deployment.accentColor
  return {
    product: own?.productName ?? deployment.productName,
    accent: color === null ? null : accentOf(color),
    helpURL: own?.helpURL ?? deployment.helpURL,
    supportContact: own?.supportContact ?? deployment.supportContact,
  }
}
