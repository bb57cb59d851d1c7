// The conditions of a step: met or not, and how to meet them.
import type { RolloutProgress } from '../../../rollout/operations.ts'
import { Checks } from '../../kit/blocks.tsx'
import type { RolloutContext } from './rollout-context.ts'
import { gateWords } from './words.ts'

export type GateList = RolloutProgress['gates']['enforce']

/** True if all conditions are met, except the one that the form itself can answer. */
export function isOpen(gates: GateList, except?: string): boolean {
  return gates.every(({ code, open }) => open || code === except)
}

/** Unmet conditions with what to do; met ones folded away. */
export function Gates({ at, gates }: { at: RolloutContext; gates: GateList }) {
  const met = gates.filter(({ open }) => open)
  const unmet = gates.filter(({ open }) => !open)
  return (
    <>
      {unmet.length > 0 && (
        <Checks
          items={unmet.map(({ code }) => ({
            outcome: 'waiting' as const,
            title: gateWords(code).title,
            children: (
              <>
                {gateWords(code).how} <Place at={at} code={code} />
              </>
            ),
          }))}
        />
      )}
      {met.length > 0 && (
        <details>
          <summary>
            {unmet.length === 0
              ? `All conditions met (${met.length})`
              : `${met.length} of ${gates.length} conditions met`}
          </summary>
          <Checks
            items={met.map(({ code }) => ({
              outcome: 'passed' as const,
              title: gateWords(code).title,
            }))}
          />
        </details>
      )}
    </>
  )
}

function Place({ at, code }: { at: RolloutContext; code: GateList[number]['code'] }) {
  const { page, rollout } = at
  const { place } = gateWords(code)
  if (!place) return null
  // Only operators have pages of a tenant.
  if (place.tenant && !page.may.operate) return null
  const href = place.section
    ? `#${place.section}`
    : place.connection
      ? `${page.base}${place.connection}`
      : `/console/tenants/${rollout.tenantSid}${place.tenant ?? ''}`
  return <a href={href}>{place.name}</a>
}
