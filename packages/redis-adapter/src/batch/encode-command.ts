import { createHash } from 'node:crypto'
import {
  type Command,
  HoldfastError,
  isElsewhere,
  type Pieced,
  type Reserve,
  type Units,
  unreachable,
  type Whole,
} from '@holdfast/core/adapter'
import { accountText } from '../keys.js'
import { shapeOfRetake, splitName, Texts } from './shape.js'
import { toldReservation } from './told-reservation.js'

/**
 * A command as the script takes it, but for its id, which has a column of its own. What is null is left out: JSON's null is
 * no nothing in Lua.
 */
export function encodeCommand(command: Exclude<Command, Reserve | Pieced>): object {
  switch (command.kind) {
    case 'extend': {
      const { kind, holdMs } = command
      return { kind, holdMs }
    }
    case 'shrink':
      return { kind: 'shrink', keep: command.keep.map(unitsOf) }
    case 'confirm':
      return confirmOf(command)
    case 'release': {
      const { kind, home, cause, reason, whole } = command
      return { kind, home, cause, reason: reason ?? undefined, whole: whole && wholeOf(whole) }
    }
    case 'return':
      return returnOf(command)
    case 'supply': {
      const { kind, movement, delta, cause, account } = command
      const data = moved('supply', delta, cause)
      return { kind, movement, delta, cause, account: accountText(account), data }
    }
    case 'transfer': {
      const { kind, movement, from, to, quantity } = command
      const data = moved('transfer', from.sku, from.pool, to.pool, quantity)
      return { kind, movement, from: accountText(from), to: accountText(to), quantity, data }
    }
    case 'configure': {
      const { kind, version, account, backorderLimit } = command
      const opensAt = command.opensAt ?? undefined
      const closesAt = command.closesAt ?? undefined
      return { kind, version, account: accountText(account), backorderLimit, opensAt, closesAt }
    }
    case 'judge':
      return judgeOf(command)
    case 'sweep':
      return { kind: 'sweep', limit: command.limit }
    case 'fill':
      return { kind: 'fill', account: accountText(command.account), limit: command.limit }
    case 'correct':
      throw new HoldfastError('invalid-argument', 'a store on Redis makes no corrections')
    default:
      return unreachable(command)
  }
}

function confirmOf({ home, payment, retake }: Extract<Command, { kind: 'confirm' }>): object {
  if (retake === null) return { kind: 'confirm', payment }
  const texts = new Texts()
  const shape = shapeOfRetake(retake, home, texts)
  return { kind: 'confirm', home, payment, retake: { until_: retake.until, shape, texts: texts.all } }
}

function returnOf(command: Extract<Command, { kind: 'return' }>): object {
  const { kind, id, movement, units, restock, giveBackUses, whole } = command
  // Told again in another order, they are the same units.
  const told = units.map(({ account, quantity }) => JSON.stringify([account.sku, account.pool, quantity]))
  const data = moved('return', id, told.sort(), restock, giveBackUses)
  const changes = { restock, giveBackUses, data, whole: whole && wholeOf(whole) }
  return { kind, movement, units: units.map(unitsOf), ...changes }
}

function wholeOf({ state, lapsesAt }: Whole): object {
  return { ...toldReservation(state), lapsesAt }
}

export const TAGS = { none: 1, 'defer-stock': 2, refuse: 3 } as const

function judgeOf({ strikes, prior, tag, forgive }: Extract<Command, { kind: 'judge' }>): object {
  const names = [strikes, ...prior].map(splitName)
  const told = tag ? { tag: TAGS[tag.effect], tagUntil: tag.until === null ? 0 : Math.max(1, tag.until) } : {}
  return { kind: 'judge', names, forgive, tags: tag !== undefined, ...told }
}

type ToldUnits = readonly [account: string, quantity: number, place?: string]

function unitsOf({ account, quantity }: Units): ToldUnits {
  return isElsewhere(account)
    ? [accountText(account), quantity, account.pool]
    : [accountText(account), quantity]
}

function moved(...what: readonly unknown[]): string {
  return movementDigest(JSON.stringify(what))
}

/** What a movement's id stands for, as core writes it, in short: two that differ in anything differ in it. */
export function movementDigest(data: string): string {
  return createHash('sha256').update(data).digest('base64url').slice(0, 20)
}
