import { type HashKey, loadHashKeys } from '../identity/hash-keys.js'
import type { IdentitySettings } from '../identity/normalisers.js'
import { SubjectReader } from '../identity/subjects.js'
import { invalid, parseUnder } from '../input/parse.js'
import { CompiledPolicy, type RiskRule } from './compiled-policy.js'
import { limitsOf } from './limits.js'
import { OrderPlanner } from './order-plan.js'
import { Pools } from './pools.js'
import { type CheckedPolicy, policySchema } from './schema.js'
import type { Policy } from './types.js'

/** What a policy needs beside its rules. */
export interface PolicySecrets {
  /** Demanded once a rule counts another identity than the user. The first key writes. */
  readonly hashKeys?: readonly HashKey[] | undefined
}

/**
 * Checks a policy once and makes it ready for use.
 *
 * @throws HoldfastError `invalid-argument` with the field's path: `policy.limits[0].max`, `hashKeys[1].secret`
 */
export function compilePolicy(policy: Policy, { hashKeys }: PolicySecrets = {}): CompiledPolicy {
  const checked = parseUnder(policySchema, policy, 'policy')
  const counted = keyedKinds(checked)
  const keys = hashKeys === undefined ? [] : loadHashKeys(hashKeys)
  if (counted.length > 0 && keys.length === 0) {
    throw invalid(
      'hashKeys',
      `is missing: the policy counts by ${counted.join(', ')}, which is hashed under a key`,
    )
  }
  const limits = limitsOf(checked.limits)
  const pools = new Pools(checked.pools)
  return new CompiledPolicy({
    pools,
    limits,
    planner: new OrderPlanner(pools, limits, checked.unpaidOrder),
    unpaidOrder: checked.unpaidOrder,
    risk: riskRule(checked.risk),
    backorder: checked.backorder,
    giveBackUses: checked.returns?.giveBackUses ?? false,
    holdMs: checked.holdFor,
    maxHoldMs: checked.extendUpTo ?? checked.holdFor,
    retentionMs: checked.retention,
    reader: new SubjectReader(counted, settingsOf(checked.identities), keys),
    demandsHashKey: counted.length > 0,
  })
}

/** The kinds that some rule counts and that are hashed under a key. */
function keyedKinds({ limits, unpaidOrder, risk }: CheckedPolicy): readonly string[] {
  const rules = risk === undefined ? [...limits, ...unpaidOrder] : [...limits, ...unpaidOrder, risk]
  return [...new Set(rules.map(({ per }) => per))].filter((kind) => kind !== 'user')
}

function riskRule(risk: CheckedPolicy['risk']): RiskRule | null {
  if (risk === undefined) return null
  const { per, strikesFor, deferFrom, refuseFrom } = risk
  return { per, strikeMs: strikesFor, deferAt: deferFrom ?? null, refuseAt: refuseFrom ?? null }
}

function settingsOf(identities: CheckedPolicy['identities']): IdentitySettings {
  return {
    defaultCountry: identities?.phone?.defaultCountry,
    ip: identities?.ip ?? { prefix4: 32, prefix6: 64 },
    address: identities?.address,
    other: identities?.other ?? new Map(),
  }
}
