// Every route of the API.
import type { Route } from './route.ts'
import { TENANT_ROUTES } from './tenants.ts'

export const ROUTES: readonly Route[] = [...TENANT_ROUTES]
