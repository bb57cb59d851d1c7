// `gatepost probe run`: the synthetic login, for cron and uptime monitors.
import { renderTable } from '../print.ts'
import type { ProbeReport } from '../probe/run-probe.ts'
import type { Verbs } from '../verb.ts'

export const PROBE_VERBS: Verbs = {
  'probe run': {
    about: 'log in at a connection that signs nobody in; exit status 1 where a stage fails',
    text: (report: ProbeReport) =>
      [
        renderTable(report.stages, [
          { title: 'Stage', of: ({ stage }) => stage },
          { title: 'ms', of: ({ milliseconds }) => milliseconds },
          { title: 'Result', of: ({ error }) => error ?? 'ok' },
        ]),
        report.passed ? 'The synthetic login works.' : 'The synthetic login FAILED.',
      ].join('\n'),
    run: async ({ client }) => {
      const { askByFetch, runProbe } = await import('../probe/run-probe.ts')
      const report = await runProbe({ client, ask: askByFetch })
      if (!report.passed) process.exitCode = 1
      return report
    },
  },
}
