import {
  type AccountKey,
  type Attempt,
  type Claims,
  type Command,
  HoldfastError,
  type HomeAnswer,
  type Outcome,
  type PiecedStep,
  type Reserve,
  type Units,
} from '@holdfast/core/adapter'
import { idOf } from '../ids.js'
import { homeRecordOf } from '../records/home-record.js'
import { reservationOf, STATUSES } from '../records/reservation-record.js'
import type { Words } from '../words.js'

const ABSENT = { status: 'absent' } as const

type Value = number | Buffer | null | readonly Value[]

/** The answer of `apply.lua` to one command: a number (granted until then, or short), a kind, or a kind with what it says. */
export function outcomeOf(command: Command, reply: unknown, words: Words): Outcome {
  if (typeof reply === 'number') return reply >= 0 ? granted(reply) : shortOfOneLine(command, -1 - reply)
  const [kind, ...said] = Array.isArray(reply) ? (reply as Value[]) : [reply as Value]
  return read(command, String(kind), said, words)
}

const NOTHING_OWED: readonly Units[] = []

function granted(expiresAt: number): Outcome {
  return { kind: 'granted', stock: 'taken', owed: NOTHING_OWED, expiresAt }
}

function shortOfOneLine(command: Command, available: number): Outcome {
  return shortOf((command as Reserve).claims, [[0, available]])
}

function read(command: Command, kind: string, said: readonly Value[], words: Words): Outcome {
  switch (kind) {
    case 'granted': {
      const { units } = (command as Reserve).claims
      const owed = owedOf(said[2] as Value[], (line) => units[line] as Units)
      return { kind, stock: said[0] === 1 ? 'deferred' : 'taken', owed, expiresAt: Number(said[1]) }
    }
    case 'confirmed': {
      const state = said[2] === null ? null : reservationOf(said[2] as Buffer, words)
      const lines = state?.status === 'confirmed' ? state.lines : []
      const owed = owedOf(said[1] as Value[], (line) => lines[line] as Units)
      return { kind, late: said[0] === 1, owed }
    }
    case 'refund-required': {
      const state = said[0] === null ? null : reservationOf(said[0] as Buffer, words)
      return { kind, why: state?.status === 'refund-required' ? state.why : { kind: 'released' } }
    }
    case 'pieced':
      return piecedOf(command, said, words)
    case 'not-retaken':
      return notRetaken(command, said[0] as Value[])
    case 'duplicate-payment':
      return { kind: 'refund-required', why: { kind, paid: String(said[0]) } }
    case 'replayed':
      return { kind, status: statusOf(said[0]), expiresAt: said[1] === null ? null : Number(said[1]) }
    case 'already':
      return { kind, status: statusOf(said[0]) }
    case 'refused':
      return command.kind === 'transfer' ? refusedTransfer(command, said) : refusedByPolicy(command)
    default:
      return refusalOf(command, kind, said) ?? plain(command, kind, said)
  }
}

/** What a home answers to the step of an order in pieces. */
function piecedOf(command: Command, said: readonly Value[], words: Words): Outcome {
  if (command.kind !== 'pieced') throw new HoldfastError('store-failed', 'the script took a step for none')
  const record = homeRecordOf(said[1] as Buffer)
  const order = said[2] === null ? ABSENT : reservationOf(said[2] as Buffer, words)
  return { kind: 'pieced', answer: answerOfHome(command.step, said[0] as Value, words), record, order }
}

function answerOfHome(step: PiecedStep, reply: Value, words: Words): Outcome | HomeAnswer {
  const [kind, ...said] = Array.isArray(reply) ? (reply as Value[]) : [reply]
  const told = String(kind)
  switch (told) {
    case 'begun':
    case 'unsettled':
    case 'units-wanted':
    case 'noted':
      return { kind: told }
    case 'pending':
      return { kind: told, attempt: JSON.parse(String(said[0])) as Attempt }
    case 'aborted':
      return { kind: told, refusal: said[0] === null ? null : JSON.parse(String(said[0])) }
    case 'refused':
      if (step.kind === 'begin' && step.refuse !== null) return step.refuse
      throw new HoldfastError('store-failed', 'the script refused what the policy did not')
    case 'granted': {
      const lines = step.kind === 'admit' ? step.grant.lines : []
      const owed = owedOf(said[2] as Value[], (line) => lines[line] as Units)
      return { kind: told, stock: said[0] === 1 ? 'deferred' : 'taken', owed, expiresAt: Number(said[1]) }
    }
    default: {
      const settled = 'command' in step ? step.command : ({ kind: 'sweep', limit: 0 } as const)
      return read(settled, told, said, words)
    }
  }
}

/** Refusals of what claims units, limits and guards, or names accounts. */
function refusalOf(command: Command, kind: string, said: readonly Value[]): Outcome | null {
  switch (kind) {
    case 'account-unknown':
      return { kind, accounts: positions(said[0]).map((at) => accountAt(command, at)) }
    case 'sale-not-open':
      return { kind, account: accountAt(command, Number(said[0])), opensAt: Number(said[1]) }
    case 'sale-closed':
      return { kind, account: accountAt(command, Number(said[0])), closedAt: Number(said[1]) }
    case 'buyer-refused':
      return { kind, strikes: Number(said[0]), until: said[1] === null ? null : Number(said[1]) }
    case 'unpaid-order': {
      const [guard, prior] = positions(said[0]) as [number, number]
      const named = (command as Reserve).guards[guard]
      const name = prior < 0 ? named?.name : named?.prior[prior]
      return { kind, guard: name ?? '', id: idOf(said[1] as Buffer), expiresAt: Number(said[2]) }
    }
    case 'window-passed':
      return { kind, use: Number(said[0]) }
    case 'purchase-limit':
      return limitReached((command as Reserve).claims, Number(said[0]), Number(said[1]))
    case 'insufficient-stock':
      if (command.kind === 'supply') return shortDelta(command.account, -command.delta, Number(said[0]))
      return shortOf((command as Reserve).claims, said[0] as Value[])
    case 'overflow':
      return { kind, account: accountAt(command, 0) }
    case 'exceeds':
      return { kind, account: accountAt(command, Number(said[0])), held: Number(said[1]) }
    default:
      return null
  }
}

function plain(command: Command, kind: string, said: readonly Value[]): Outcome {
  switch (kind) {
    case 'id-reused': {
      const differs = said[0] as readonly Value[] | undefined
      return {
        kind,
        differs: differs === undefined ? ['lines'] : differs.map((one) => String(one) as 'lines'),
      }
    }
    case 'extended':
      return { kind, expiresAt: Number(said[0]) }
    case 'stale-version':
      return { kind, version: Number(said[0]) }
    case 'supplied':
      return { kind, available: Number(said[0]) }
    case 'swept': {
      const nextDueAt = said[1] === null ? null : Number(said[1])
      const expired = (said[0] as Buffer[]).map(idOf)
      const unsettled = said[3] === null ? {} : { unsettled: unsettledOf(said[3] as Value[][]) }
      return { kind, expired, more: said[2] === 1, nextDueAt, ...unsettled }
    }
    case 'filled': {
      const lines = (said[0] as Value[][]).map(([id, units]) => ({
        id: idOf(id as Buffer),
        quantity: Number(units),
      }))
      return { kind, lines, more: said[1] === 1 }
    }
    case 'tombstoned':
    case 'late':
    case 'outbox-full':
    case 'unknown-id':
    case 'marked':
    case 'shrunk':
    case 'released':
    case 'returned':
    case 'transferred':
    case 'configured':
    case 'judged':
    case 'replayed-movement':
      return { kind }
    default:
      throw new HoldfastError('store-failed', `the script answered ${command.kind} with ${kind}`)
  }
}

function unsettledOf([pieces = [], orders = []]: readonly (readonly Value[])[]) {
  return {
    pieces: (pieces as readonly Buffer[]).map(idOf),
    orders: (orders as readonly (readonly Value[])[]).map(([id, home]) => ({
      id: idOf(id as Buffer),
      home: String(home),
    })),
  }
}

function statusOf(number: Value | undefined) {
  return STATUSES[Number(number)] ?? 'expired'
}

function positions(list: Value | undefined): readonly number[] {
  return Array.isArray(list) ? list.map(Number) : [0]
}

/** The account at this position of those that the command names. */
function accountAt(command: Command, position: number): AccountKey {
  switch (command.kind) {
    case 'reserve':
      return (command.claims.units[position] as Units).account
    case 'shrink':
      return (command.keep[position] as Units).account
    case 'return':
      return (command.units[position] as Units).account
    case 'transfer':
      return position === 0 ? command.from : command.to
    case 'supply':
    case 'configure':
    case 'fill':
      return command.account
    default:
      throw new HoldfastError('store-failed', `the script names an account of ${command.kind}`)
  }
}

function owedOf(
  owed: readonly Value[],
  lineAt: (position: number) => { readonly account: AccountKey },
): readonly Units[] {
  return (owed as readonly (readonly Value[])[]).map(([line, quantity]) => ({
    account: lineAt(Number(line)).account,
    quantity: Number(quantity),
  }))
}

function limitReached({ units, uses }: Claims, use: number, used: number) {
  const { counter, max, lines } = uses[use] as Claims['uses'][number]
  const requested = lines.reduce((sum, line) => sum + (units[line]?.quantity ?? 0), 0)
  return { kind: 'purchase-limit' as const, use, counter, max, used, requested }
}

function shortOf({ units }: Claims, lines: readonly Value[]) {
  const short = (lines as readonly (readonly Value[])[]).map(([line, available]) => {
    const { account, quantity } = units[Number(line)] as Units
    return { account, requested: quantity, available: Number(available) }
  })
  return { kind: 'insufficient-stock' as const, short }
}

function shortDelta(account: AccountKey, requested: number, available: number): Outcome {
  return { kind: 'insufficient-stock', short: [{ account, requested, available }] }
}

function refusedTransfer(command: Extract<Command, { kind: 'transfer' }>, said: readonly Value[]): Outcome {
  const account = accountAt(command, Number(said[0]))
  const refusal = said[1]
  if (Array.isArray(refusal)) return shortDelta(account, command.quantity, Number(refusal[1]))
  return { kind: 'overflow', account }
}

function refusedByPolicy(command: Command): Outcome {
  const refusal = command.kind === 'reserve' ? command.refuse : null
  if (refusal !== null) return refusal
  throw new HoldfastError('store-failed', `the script refused a ${command.kind} that the policy did not`)
}

function notRetaken(command: Command, refusal: readonly Value[]): Outcome {
  const claims = command.kind === 'confirm' ? command.retake : null
  if (claims === null) throw new HoldfastError('store-failed', 'the script took claims that nobody brought')
  const [kind, ...said] = refusal
  const why =
    String(kind) === 'purchase-limit'
      ? limitReached(claims, Number(said[0]), Number(said[1]))
      : shortOf(claims, said[0] as Value[])
  return { kind: 'refund-required', why }
}
