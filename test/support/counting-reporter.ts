// Ends a test run with one line that machines read: `N passed, N failed`.
import type { Reporter, TestModule } from 'vitest/node'

export class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    for (const module of modules) {
      failed += module.errors().length
      for (const test of module.children.allTests()) {
        // A test that did not run has not passed.
        if (test.result().state === 'passed') passed++
        else failed++
      }
    }
    process.exitCode = failed > 0 ? 1 : process.exitCode
    console.log(`\n${passed} passed, ${failed} failed`)
  }
}
