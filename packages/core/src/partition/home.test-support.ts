import { expect } from 'vitest'
import * as make from '../../test/commands.js'
import { A, B, units } from '../../test/commands.js'
import { TestPartition } from '../../test/partition.js'
import { line } from '../../test/reservations.js'
import type { PiecedOrderState } from '../machines/pieced-order/types.js'
import { MemoryHomes } from '../memory/homes.js'
import type { Attempt, PiecedGrant, PiecedOutcome, PiecedStep } from '../port/pieced.js'
import { homeAt, pieceId } from './piece-names.js'

// The home of order `o`, of three units of A, one of which is owed, and two of B, in pieces.

export const HOME = homeAt({ partition: 'main', pieced: true }, 'ada')
export const OWED_LINES = [line(A, 3, 1), line(B, 2)]
const ASKED = [units(A, 3), units(B, 2)]
export const FINGERPRINT = { buyer: 'ada', lines: JSON.stringify(ASKED) }

/** An attempt with a piece of limits and one of all units. */
export function attempt(token: string): Attempt {
  const piece = (n: number, lines: readonly number[] | null) => {
    return { id: pieceId({ token, n, home: HOME, id: 'o' }), partition: `p${n}`, lines }
  }
  return { token, plan: `plan of ${token}`, pieces: [piece(0, null), piece(1, [0, 1])] }
}

export function grant(more: Partial<PiecedGrant> = {}): PiecedGrant {
  return {
    stock: 'taken',
    fingerprint: FINGERPRINT,
    lines: OWED_LINES,
    uses: [{ counter: 'limit of ada', prior: ['older'], quantity: 5, max: 9, lines: [0, 1] }],
    guards: ['guard of ada'],
    risk: make.gate('strikes of ada'),
    backorder: true,
    holdMs: make.HOLD,
    maxHoldMs: make.LONGEST_HOLD,
    data: 'note',
    ...more,
  }
}

export function begin(token: string, more: object = {}): PiecedStep {
  const notAfter = Number.MAX_SAFE_INTEGER
  return { kind: 'begin', attempt: attempt(token), fingerprint: FINGERPRINT, refuse: null, notAfter, ...more }
}

/** A partition that is home to order `o`. */
export class TestHome extends TestPartition {
  readonly homes: MemoryHomes

  constructor() {
    const homes = new MemoryHomes()
    super(homes)
    this.homes = homes
  }

  step(step: PiecedStep): PiecedOutcome {
    const outcome = this.do({ kind: 'pieced', id: 'o', home: HOME, step })
    if (outcome.kind !== 'pieced') throw new Error(`a step was answered with ${outcome.kind}`)
    const state = this.state.reservation('o') ?? { status: 'absent' }
    expect([outcome.record, outcome.order], 'the answer shows how the order stands').toEqual([
      this.record(),
      state,
    ])
    return outcome
  }

  settle(command: Extract<PiecedStep, { kind: 'settle' }>['command']): PiecedOutcome['answer'] {
    return this.step({ kind: 'settle', command }).answer
  }

  record(): PiecedOrderState {
    return this.homes.record('o')
  }

  /** Brings order and record to where a test begins. */
  is(where: keyof typeof BEGINNINGS): this {
    BEGINNINGS[where](this)
    return this
  }

  /** Orders and pieces that a sweep `ms` later hands out. */
  handedOutAfter(ms: number): unknown {
    const outcome = this.after(ms, make.sweep())
    return outcome.kind === 'swept' && outcome.unsettled
  }
}

const admit = (home: TestHome, more: Partial<PiecedGrant> = {}) => {
  home.step(begin('first'))
  home.step({ kind: 'admit', token: 'first', grant: grant(more) })
}
const follow = (home: TestHome) => {
  home.step({ kind: 'followed', version: 1, strays: attempt('first').pieces.map(({ id }) => id) })
}

const BEGINNINGS = {
  absent: () => {},
  pending: (home: TestHome) => void home.step(begin('first')),
  aborted: (home: TestHome) => {
    home.step(begin('first'))
    home.step({ kind: 'abort', token: 'first', refusal: { kind: 'late' } })
  },
  held: (home: TestHome) => admit(home),
  'held, and followed': (home: TestHome) => {
    admit(home)
    follow(home)
  },
  deferred: (home: TestHome) => {
    admit(home, { stock: 'deferred', lines: [line(A, 3), line(B, 2)] })
    follow(home)
  },
  'deferred, being paid': (home: TestHome) => {
    home.is('deferred')
    home.step({ kind: 'take', attempt: attempt('second') })
  },
  confirmed: (home: TestHome) => {
    admit(home)
    home.settle(make.confirm('o', 'pi'))
  },
  expired: (home: TestHome) => {
    admit(home)
    follow(home)
    home.after(make.HOLD, make.sweep())
  },
  'expired, being paid': (home: TestHome) => {
    home.is('expired')
    home.step({ kind: 'take', attempt: attempt('second') })
  },
  released: (home: TestHome) => {
    admit(home)
    home.settle(make.release('o', 'seller'))
  },
  /** An order of this one partition, under the same id. */
  atomic: (home: TestHome) => {
    home.stock(A, 3).stock(B, 2)
    home.do(make.reserve('o', { units: ASKED }))
  },
} satisfies Readonly<Record<string, (home: TestHome) => void>>
