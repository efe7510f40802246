import { type Decision, NO_EVENTS, unreachable } from '../decider.js'
import { evolve } from './evolve.js'
import type {
  StockAccountCommand,
  StockAccountEvent,
  StockAccountOutcome,
  StockAccountState,
} from './types.js'

/** Units that a newcomer may have: those that are promised to nobody. */
export function sellable(account: StockAccountState): number {
  return Math.max(0, account.available - account.backordered)
}

/** Of `quantity` units, how many would be owed past stock; −1 if they cannot be had at all. */
export function owedOf(account: StockAccountState, quantity: number, backorder: boolean): number {
  const free = sellable(account)
  if (quantity <= free) return 0
  const owed = quantity - free
  return backorder && account.backordered + owed <= account.backorderLimit ? owed : -1
}

export function decide(
  command: StockAccountCommand,
  account: StockAccountState,
): Decision<StockAccountEvent, StockAccountOutcome> {
  switch (command.kind) {
    case 'take': {
      const owed = owedOf(account, command.quantity, command.backorder)
      if (owed < 0)
        return { events: NO_EVENTS, outcome: { kind: 'insufficient-stock', available: sellable(account) } }
      return {
        events: [{ type: 'taken', quantity: command.quantity - owed, owed }],
        outcome: { kind: 'taken', owed },
      }
    }
    case 'supply':
      return supply(command.delta, account)
    case 'configure':
      return configure(command, account)
    case 'correct':
      return correct(command, account)
    default:
      return unreachable(command)
  }
}

function supply(delta: number, account: StockAccountState): Decision<StockAccountEvent, StockAccountOutcome> {
  // Reserved and sold units are promised: an adjustment may take only what is available.
  if (account.available + delta < 0) {
    return { events: NO_EVENTS, outcome: { kind: 'insufficient-stock', available: account.available } }
  }
  if (account.supplied + delta > Number.MAX_SAFE_INTEGER)
    return { events: NO_EVENTS, outcome: { kind: 'overflow' } }
  return {
    events: [{ type: 'supplied', delta }],
    outcome: { kind: 'supplied', available: account.available + delta },
  }
}

function configure(
  command: Extract<StockAccountCommand, { kind: 'configure' }>,
  account: StockAccountState,
): Decision<StockAccountEvent, StockAccountOutcome> {
  const { version, opensAt, closesAt, backorderLimit } = command
  if (version === account.configVersion) {
    const same =
      opensAt === account.opensAt &&
      closesAt === account.closesAt &&
      backorderLimit === account.backorderLimit
    if (same) return { events: NO_EVENTS, outcome: { kind: 'configured' } }
  }
  if (version <= account.configVersion) {
    return { events: NO_EVENTS, outcome: { kind: 'stale-version', version: account.configVersion } }
  }
  return {
    events: [{ type: 'configured', version, opensAt, closesAt, backorderLimit }],
    outcome: { kind: 'configured' },
  }
}

/** Whatever was planned, no figure goes below zero, and none is lost between them. */
function correct(
  command: Extract<StockAccountCommand, { kind: 'correct' }>,
  account: StockAccountState,
): Decision<StockAccountEvent, StockAccountOutcome> {
  const { counters, archived, ledger } = command
  const event: StockAccountEvent = { type: 'corrected', counters, archived, ledger }
  const after = evolve({ ...account }, event)
  const { available, reserved, sold, backordered, supplied } = after
  const figures = [available, reserved, sold, backordered, supplied, after.archived]
  const isWhole = figures.every((figure) => figure >= 0 && Number.isSafeInteger(figure))
  if (!isWhole || available + reserved + sold !== supplied) {
    return { events: NO_EVENTS, outcome: { kind: 'outdated' } }
  }
  return { events: [event], outcome: { kind: 'corrected' } }
}
