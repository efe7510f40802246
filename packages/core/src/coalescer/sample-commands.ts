import type { Units } from '../port/claims.js'
import type { Command, Confirm, Fill, Release, Reserve, Supply, Sweep } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'

// Commands for the tests of this folder: what the coalescer does not look at is the same in all of them.

/** `reserve a`, `supply m`, `sweep`. */
export function nameOf(command: Command): string {
  const key = 'id' in command ? command.id : 'movement' in command ? command.movement : ''
  return `${command.kind} ${key}`.trim()
}

/** An outcome that is this command's own: the same object each time it is asked for. */
export function outcomeOf(command: Command): Outcome {
  let outcome = outcomes.get(command)
  if (outcome === undefined) {
    outcome = { kind: 'supplied', available: outcomesMade++ }
    outcomes.set(command, outcome)
  }
  return outcome
}
const outcomes = new WeakMap<Command, Outcome>()
let outcomesMade = 0

/** `claims` counts units alone. */
export function reserve(id: string, claims = 1): Reserve {
  return {
    kind: 'reserve',
    id,
    home: 'home',
    claims: { fingerprint: { buyer: 'b', lines: 'l' }, units: units(claims), uses: [], backorder: false },
    refuse: null,
    guards: [],
    risk: null,
    stock: 'take',
    notAfter: 1e12,
    holdMs: 1,
    maxHoldMs: 1,
    data: null,
    rows: null,
  }
}

export function confirm(id: string, claims = 0): Confirm {
  const retake = {
    fingerprint: { buyer: 'b', lines: 'l' },
    units: units(claims),
    uses: [],
    backorder: false,
    until: 1,
  }
  return { kind: 'confirm', id, home: 'home', payment: 'pi', retake: claims === 0 ? null : retake }
}

export function release(id: string): Release {
  return { kind: 'release', id, home: 'home', cause: 'buyer', reason: null }
}

export function supply(movement: string): Supply {
  return { kind: 'supply', movement, account: { sku: 'S', pool: 'p' }, delta: 1, cause: 'restock' }
}

export function sweep(limit = 10): Sweep {
  return { kind: 'sweep', limit }
}

function units(count: number): Units[] {
  return Array.from({ length: count }, (_, n) => ({ account: { sku: `S${n}`, pool: 'p' }, quantity: 1 }))
}

export function fill(limit = 10): Fill {
  return { kind: 'fill', account: { sku: 'S', pool: 'p' }, limit }
}

export function reserves(count: number, prefix = 'r'): Reserve[] {
  return Array.from({ length: count }, (_, n) => reserve(`${prefix}${n}`))
}

export function confirms(count: number, claims = 0): Confirm[] {
  return Array.from({ length: count }, (_, n) => confirm(`c${n}`, claims))
}
