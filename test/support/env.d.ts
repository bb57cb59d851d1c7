/// <reference types="@cloudflare/vitest-plugin/types" />
// What tests find in their environment beside the Worker's own bindings.
import type { D1Migration } from 'cloudflare:test'
import type { Env } from '../../src/env.ts'

declare global {
  namespace Cloudflare {
    interface Env extends GatepostEnv {
      MIGRATIONS: D1Migration[]
      HISTORY_MIGRATIONS: D1Migration[]
    }
  }
}

type GatepostEnv = Env
