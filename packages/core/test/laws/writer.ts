import type { AccountKey, Claims, Units } from '../../src/port/claims.js'
import type { Command, Reserve } from '../../src/port/commands.js'
import type { Outcome } from '../../src/port/outcomes.js'
import * as make from '../commands.js'
import {
  ACCOUNTS,
  BUYERS,
  type OrderStep,
  PHONES,
  STRIKES_FOR,
  type Step,
  UNKNOWN,
  WINDOW,
} from './history.js'

/** Turns steps into commands. It remembers what it asked for, and which ids were granted. */
export class Writer {
  private readonly ids: string[] = []
  private readonly granted: string[] = []
  private readonly reserves = new Map<string, Reserve>()
  private readonly versions = new Map<number, number>()

  /** The commands that stock the shelves. */
  first(): readonly Command[] {
    return ACCOUNTS.flatMap((account, index) => [
      make.supply(`first ${index}`, account, index === 3 ? 0 : 6),
      make.configure(account, 1, { backorderLimit: index }),
    ])
  }

  /** The last orders asked for, the newest first. */
  recent(count: number): readonly string[] {
    return this.ids.slice(-count).reverse()
  }

  /** Every reserve so far, by its id. */
  get asked(): ReadonlyMap<string, Reserve> {
    return this.reserves
  }

  /** Most steps are about orders that stand. */
  heard(command: Command, outcome: Outcome): void {
    if (command.kind === 'reserve' && outcome.kind === 'granted') this.granted.push(command.id)
  }

  command(step: Step, now: number): Command {
    switch (step.do) {
      case 'reserve':
        return this.reserve(this.fresh(), step.order, now)
      case 'again':
        return this.again(step, now)
      case 'confirm': {
        const id = this.pick(step.pick)
        const retake = step.retake
          ? { ...this.claimsOf(id), until: now + (step.payment === 1 ? 0 : 9_000) }
          : null
        return make.confirm(id, `payment ${step.payment} of ${id}`, retake)
      }
      case 'release':
        return make.release(step.fresh ? this.fresh() : this.pick(step.pick), step.cause)
      case 'extend':
        return make.extend(this.pick(step.pick), step.ms)
      case 'shrink': {
        const id = this.pick(step.pick)
        return make.shrink(id, ...this.some(id, (quantity, index) => quantity - (step.by[index] ?? 0)))
      }
      case 'return': {
        const id = this.pick(step.pick)
        const units = this.some(id, (_, index) => step.quantities[index] ?? 0)
        const lines = units.length > 0 ? units : [make.units(UNKNOWN, 1)]
        return make.returned(id, `m${step.movement}`, lines, {
          restock: step.restock,
          giveBackUses: step.uses,
        })
      }
      case 'supply':
        return make.supply(`m${step.movement}`, accountAt(step.account), step.delta)
      case 'transfer':
        return make.transfer(
          `m${step.movement}`,
          accountAt(step.from),
          accountAt(step.to + (step.from === step.to ? 1 : 0)),
          step.quantity,
        )
      case 'configure':
        return this.configure(step, now)
      case 'judge': {
        const { phone, forgive, key } = step
        const tag = step.effect && { effect: step.effect, until: forgive ? null : now + 3_000 }
        const { name, prior } = named('risk', PHONES[phone] as string, key)
        return make.judge(name, { prior, tag, forgive })
      }
      case 'sweep':
        return make.sweep(step.limit)
      case 'fill':
        return make.fill(accountAt(step.account), step.limit)
    }
  }

  private fresh(): string {
    const id = `o${this.ids.length}`
    this.ids.push(id)
    return id
  }

  /** One of the last dozen ids, mostly of those granted. */
  private pick(position: number): string {
    const ids = position % 5 === 0 ? this.ids : this.granted
    return ids[ids.length - 1 - (position % Math.min(ids.length, 12))] ?? this.fresh()
  }

  private reserve(id: string, order: OrderStep, now: number): Reserve {
    const buyer = BUYERS[order.buyer] as string
    const phone = PHONES[order.phone] as string
    const units = summed(order.lines)
    const all = units.map((_, index) => index)
    const day = Math.floor(now / WINDOW) + order.shift
    const perPhone = named('limit', phone, order.key)
    const uses = {
      user: units.map(({ account: { sku } }, index) =>
        make.use(`limit ${sku} ${buyer}`, 4, { lines: [index] }),
      ),
      phone: [make.use(perPhone.name, 7, { lines: all, prior: perPhone.prior })],
      window: [
        make.use(`day ${day} ${buyer}`, 5, { lines: all, from: day * WINDOW, to: (day + 1) * WINDOW }),
      ],
    }
    const guards = {
      sku: [make.guard(`guard ${units[0]?.account.sku} ${buyer}`)],
      shop: [named('guard', phone, order.key)],
    }
    const risk = named('risk', phone, order.key)
    const command = make.reserve(id, {
      buyer,
      units,
      uses: merged(order.limits.flatMap((limit) => uses[limit])),
      guards: order.guards.flatMap((scope) => guards[scope]),
      risk: order.risky
        ? make.gate(risk.name, { prior: risk.prior, strikeMs: STRIKES_FOR, deferAt: 2, refuseAt: 4 })
        : null,
      stock: order.defer ? 'defer' : 'take',
      backorder: order.backorder,
      holdMs: order.holdMs,
      maxHoldMs: order.holdMs + order.longerMs,
      notAfter: now + order.inTimeMs,
      refuse: order.refused ? { kind: 'pool-not-served', region: 'moon', served: [] } : null,
    })
    this.reserves.set(id, command)
    return command
  }

  private again({ pick, as }: Extract<Step, { do: 'again' }>, now: number): Reserve {
    const id = this.pick(pick)
    const notAfter = now + 5_000
    const before =
      this.reserves.get(id) ?? make.reserve(id, { units: [make.units(accountAt(0), 1)], notAfter })
    this.reserves.set(id, before)
    const { fingerprint } = before.claims
    if (as === 'same') return { ...before, notAfter }
    const other =
      as === 'other buyer' ? { ...fingerprint, buyer: 'eve' } : { ...fingerprint, lines: 'others' }
    return { ...before, claims: { ...before.claims, fingerprint: other } }
  }

  private configure(step: Extract<Step, { do: 'configure' }>, now: number): Command {
    const version = (this.versions.get(step.account) ?? 1) + (step.stale ? 0 : 1)
    this.versions.set(step.account, version)
    const opensAt = step.opens === null ? null : now + step.opens
    const closesAt = step.closes === null ? null : now + step.closes
    return make.configure(accountAt(step.account), version, { opensAt, closesAt, backorderLimit: step.limit })
  }

  private claimsOf(id: string): Claims {
    return (
      this.reserves.get(id)?.claims ??
      make.claims({ units: [make.units(accountAt(1), 1)], uses: [make.use('limit A ada', 4)] })
    )
  }

  /** Of the lines asked for, those that `quantity` leaves something of. */
  private some(id: string, quantity: (asked: number, index: number) => number): Units[] {
    return this.claimsOf(id)
      .units.map((units, index) => make.units(units.account, quantity(units.quantity, index)))
      .filter((units) => units.quantity > 0)
  }
}

function accountAt(index: number): AccountKey {
  return [...ACCOUNTS, UNKNOWN][index % (ACCOUNTS.length + 1)] as AccountKey
}

/** Lines of one account, summed. */
function summed(lines: OrderStep['lines']): readonly Units[] {
  const sums = new Map<number, number>()
  for (const [index, quantity] of lines) sums.set(index, (sums.get(index) ?? 0) + quantity)
  return [...sums].map(([index, quantity]) => make.units(accountAt(index), quantity))
}

/** Uses of one counter, as one. */
function merged(uses: Claims['uses']): Claims['uses'] {
  const byCounter = new Map<string, Claims['uses'][number]>()
  for (const use of uses) {
    const known = byCounter.get(use.counter)
    byCounter.set(
      use.counter,
      known === undefined ? use : { ...known, lines: [...known.lines, ...use.lines] },
    )
  }
  return [...byCounter.values()]
}

/** A name under one of two hash keys; that under the other is its prior one. */
function named(root: string, subject: string, key: 0 | 1) {
  return { name: `${root} k${key} ${subject}`, prior: [`${root} k${1 - key} ${subject}`] }
}
