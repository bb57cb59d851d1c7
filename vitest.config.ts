import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { CountingReporter } from './test/support/counting-reporter.ts'

// What reads the repository's own files or starts processes runs in Node; everything else in workerd, with D1 and KV.
const IN_NODE = ['test/architecture.test.ts', 'test/errors.test.ts', 'test/cli/**/*.test.ts']

export default defineConfig({
  test: {
    reporters: ['default', new CountingReporter()],
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { bindings: { ORIGIN: 'https://sso.vendor.example' } },
          }),
        ],
        test: {
          name: 'workerd',
          include: ['test/**/*.test.ts'],
          exclude: [...IN_NODE, 'test/e2e/**'],
        },
      },
      { test: { name: 'node', include: IN_NODE } },
    ],
  },
})
