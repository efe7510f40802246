import * as risk from '../machines/buyer-risk/index.js'
import type { RiskCommand, StrikeState } from '../machines/buyer-risk/types.js'
import * as stock from '../machines/stock-account/index.js'
import type { StockAccountState } from '../machines/stock-account/types.js'
import type { AccountKey } from '../port/claims.js'
import type { Configure, Judge, Supply, Transfer } from '../port/commands.js'
import type { StockConfigured } from '../port/events.js'
import type { Outcome } from '../port/outcomes.js'
import { changeAccount } from './effects.js'
import type { Cause, PartitionState } from './state.js'

const NOTHING_MOVED: Outcome = { kind: 'replayed-movement' }
const OTHER_MOVEMENT: Outcome = { kind: 'id-reused', differs: ['lines'] }

/** Units put in or taken out, under the movement's id. */
export function supply(partition: PartitionState, command: Supply, now: number): Outcome {
  const { account: key, movement, delta, cause } = command
  const data = JSON.stringify(['supply', delta, cause])
  const known = partition.movement(key, movement)
  if (known !== undefined) return known === data ? NOTHING_MOVED : OTHER_MOVEMENT
  const account = partition.account(key)
  if (account === undefined && delta < 0) return { kind: 'account-unknown', accounts: [key] }
  const decision = stock.decide({ kind: 'supply', delta }, account ?? stock.initialState(key))
  if (decision.outcome.kind !== 'supplied') return refusedSupply(decision.outcome, key, -delta)
  if (account === undefined) partition.createAccount(key)
  const why: Cause = { type: 'movement', at: now, cause, movement }
  for (const event of decision.events) changeAccount(partition, key, event, why)
  partition.putMovement(key, movement, data)
  return decision.outcome
}

/** Units moved between pools of one SKU; both accounts keep the movement's id. */
export function transfer(partition: PartitionState, command: Transfer, now: number): Outcome {
  const { from, to, movement, quantity } = command
  const data = JSON.stringify(['transfer', from.sku, from.pool, to.pool, quantity])
  const known = [partition.movement(from, movement), partition.movement(to, movement)]
  if (known.some((one) => one !== undefined)) {
    return known.every((one) => one === data) ? NOTHING_MOVED : OTHER_MOVEMENT
  }
  const source = partition.account(from)
  const target = partition.account(to)
  if (source === undefined || target === undefined) {
    const accounts = [...(source === undefined ? [from] : []), ...(target === undefined ? [to] : [])]
    return { kind: 'account-unknown', accounts }
  }
  const debit = stock.decide({ kind: 'supply', delta: -quantity }, source)
  if (debit.outcome.kind !== 'supplied') return refusedSupply(debit.outcome, from, quantity)
  const credit = stock.decide({ kind: 'supply', delta: quantity }, target)
  if (credit.outcome.kind !== 'supplied') return refusedSupply(credit.outcome, to, quantity)
  const why: Cause = { type: 'movement', at: now, cause: 'transfer', movement }
  for (const event of debit.events) changeAccount(partition, from, event, why)
  for (const event of credit.events) changeAccount(partition, to, event, why)
  partition.putMovement(from, movement, data)
  partition.putMovement(to, movement, data)
  return { kind: 'transferred' }
}

function refusedSupply(
  outcome: ReturnType<typeof stock.decide>['outcome'],
  account: AccountKey,
  requested: number,
): Outcome {
  if (outcome.kind === 'insufficient-stock') {
    return { kind: 'insufficient-stock', short: [{ account, requested, available: outcome.available }] }
  }
  return { kind: 'overflow', account }
}

export function configure(
  partition: PartitionState,
  command: Configure,
  now: number,
  emit: (event: Omit<StockConfigured, 'version'>, account: StockAccountState) => void,
): Outcome {
  const { account: key, version, opensAt, closesAt, backorderLimit } = command
  const account = partition.account(key)
  if (account === undefined) return { kind: 'account-unknown', accounts: [key] }
  const decision = stock.decide({ kind: 'configure', version, opensAt, closesAt, backorderLimit }, account)
  if (decision.outcome.kind === 'stale-version') return decision.outcome
  for (const event of decision.events) {
    changeAccount(partition, key, event, { type: 'movement', at: now, cause: 'configured', movement: null })
    emit(
      {
        aggregate: 'stock-account',
        account: account.key,
        at: now,
        type: 'configured',
        opensAt,
        closesAt,
        backorderLimit,
        configVersion: version,
      },
      account,
    )
  }
  return { kind: 'configured' }
}

/** The shop's word on a buyer. Records under older keys lose theirs, so that what was lifted stays lifted. */
export function judge(partition: PartitionState, command: Judge): Outcome {
  const { strikes, prior, tag, forgive } = command
  if (tag !== undefined) {
    changeRisk(partition, strikes, { kind: 'tag', tag })
    for (const name of prior) changeRisk(partition, name, { kind: 'tag', tag: null })
  }
  if (forgive) for (const name of [strikes, ...prior]) changeRisk(partition, name, { kind: 'forgive' })
  return { kind: 'judged' }
}

function changeRisk(partition: PartitionState, name: string, command: RiskCommand): void {
  const before: StrikeState = partition.strikes(name) ?? risk.initialState()
  let state = before
  for (const event of risk.decide(command, before).events) state = risk.evolve(state, event)
  if (state !== before) partition.putStrikes(name, state)
}
