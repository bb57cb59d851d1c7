import { fileURLToPath } from 'node:url'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { CountingReporter } from './test/support/counting-reporter.ts'
import keys from './test/support/keys.json' with { type: 'json' }

// What reads the repository's own files or starts processes runs in Node; everything else in
// workerd, with D1 and KV.
const IN_NODE = [
  'test/architecture.test.ts',
  'test/docs.test.ts',
  'test/errors.test.ts',
  'test/events/documented.test.ts',
  'test/language.test.ts',
  'test/languages/catalogues.test.ts',
  'test/log/documented.test.ts',
  'test/linear.test.ts',
  'test/release.test.ts',
  'test/upload.test.ts',
  // Its mail server is a real one.
  'test/platform/mail/api-mailer.test.ts',
  'test/year.test.ts',
  'test/cli/**/*.test.ts',
  'test/tools/**/*.test.ts',
  'test/examples/**/*.test.ts',
  'test/doors/doors.test.ts',
]

/** As in tools/build-worker.ts. */
const PKIJS = fileURLToPath(new URL('src/saml/signature/pkijs-stub.ts', import.meta.url))

export default defineConfig({
  test: {
    reporters: ['default', new CountingReporter()],
    // One for each core of a small machine; each has databases of its own.
    maxWorkers: 2,
    projects: [
      {
        plugins: [
          cloudflareTest({
            // The sources, not what was built of them, which wrangler.toml names.
            main: './src/worker.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              // Simulated: nothing leaves the machine, and other recipients are refused.
              email: {
                send_email: [
                  { name: 'EMAIL', allowed_destination_addresses: ['ann@tenant.example'] },
                ],
              },
              r2Buckets: ['EVENTS_BUCKET'],
              // Takes data points, and keeps none.
              analyticsEngineDatasets: { ANALYTICS: { dataset: 'gatepost' } },
              bindings: {
                ORIGIN: 'https://sso.vendor.example',
                RETURN_ORIGINS: 'https://app.vendor.example',
                SP_PRIVATE_KEY: keys.sp.privateKey,
                SP_CERTIFICATE: keys.sp.certificate,
                // 32 bytes each that are published here and protect nothing.
                LOGIN_SECRET: btoa('the login secret of these tests.'),
                KEY_ENCRYPTION_KEY: btoa('the key-encryption key of tests.'),
                MIGRATIONS: await readD1Migrations('./migrations'),
                HISTORY_MIGRATIONS: await readD1Migrations('./migrations/history'),
              },
            },
          }),
        ],
        resolve: { alias: { pkijs: PKIJS } },
        test: {
          name: 'workerd',
          isolate: false,
          // A busy machine is no failure.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          setupFiles: ['test/support/apply-migrations.ts', 'test/support/watch-log.ts'],
          globalSetup: ['test/support/receiver.ts'],
          include: ['test/**/*.test.ts'],
          exclude: [...IN_NODE, 'test/e2e/**'],
        },
      },
      { test: { name: 'node', include: IN_NODE, testTimeout: 60_000, hookTimeout: 60_000 } },
    ],
  },
})
