// Each step of a login and of an app, with each fault of D1 and KV: how it ends. The table of
// docs/reliability.md is made here: `npx vitest run test/faults -u` writes it.
import { describe, expect, it, vi } from 'vitest'
import { FAULTS, isKilled, openFaulty, type FaultName } from './faulty.ts'
import { buttonOf, STEPS } from './steps.ts'
import { renderReliability } from './render.ts'

/** How a step ends, from best to worst. */
export type Ending = 'by itself' | 'in part' | 'reload' | 'button'

const table = new Map<string, Map<string, string>>()

async function tryOut(name: string, fault: FaultName): Promise<string> {
  const faulty = openFaulty()
  const step = await STEPS[name]!(faulty)
  const failed = await faulty.during(fault, step.isReading === true, step.act)
  const codes = new Set(
    faulty.lines.filter(({ event }) => event === 'storage_fault').map(({ code }) => String(code)),
  )
  const of = (ending: Ending) => [ending, ...codes].join(', ')
  // Where something failed the log says what.
  if (failed.status >= 500) expect(codes.size, 'codes in the log').toBeGreaterThan(0)
  if (!isKilled(fault) && step.isGood(failed)) {
    await step.finish(failed)
    return of('by itself')
  }
  if (!isKilled(fault)) expect(failed.status).toBe(503)
  if (!isKilled(fault) && (await step.isPartly?.(failed.clone()))) return of('in part')
  const button = await buttonOf(failed)
  vi.spyOn(console, 'log').mockImplementation(() => {})
  try {
    const again = await step.act()
    if (step.isGood(again)) {
      return of((await step.finish(again)) ?? 'reload')
    }
    await step.press((await buttonOf(again)) ?? button ?? '')
    return of('button')
  } finally {
    vi.restoreAllMocks()
  }
}

describe.each(FAULTS)('%s', (fault) => {
  it.each(Object.keys(STEPS))('%s ends well', async (name) => {
    const cell = await tryOut(name, fault)
    const row = table.get(fault) ?? new Map<string, string>()
    table.set(fault, row.set(name, cell))
  })
})

it('docs/reliability.md is current', async () => {
  await expect(renderReliability(table, Object.keys(STEPS))).toMatchFileSnapshot(
    '../../docs/reliability.md',
  )
})
