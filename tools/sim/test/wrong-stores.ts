import type { Applied, Command, OrderCommand, Outcome } from '@holdfast/core/adapter'
import { simulatedStore } from '../src/simulated-store.js'
import type { ShopStore } from '../src/world/audited-store.js'
import type { WorldOptions } from '../src/world/world.js'

/** A store with one realistic fault, and how it departs from a right one. */
export interface WrongStore {
  readonly name: string
  readonly newStore: WorldOptions['newStore']
}

type Reply = Extract<Applied, { kind: 'applied' }>
type Alone = (command: Command) => Promise<Reply>

/** Does one command in place of the right store; `null` leaves it to that. */
type Wrong = (command: Command, alone: Alone, now: number) => Promise<Outcome | null> | Outcome | null

/** Every command by itself, wherever the fault may be. */
function wrongCommands(name: string, fault: () => Wrong): WrongStore {
  return changed(name, (store, clock) => {
    const wrong = fault()
    const alone = (partition: string, epoch: number | null) => async (command: Command) => {
      const reply = await store.apply(partition, epoch, [command])
      if (reply.kind !== 'applied') throw new Error('fenced')
      return reply
    }
    return {
      async apply(partition, epoch, commands) {
        const right = alone(partition, epoch)
        const outcomes: Outcome[] = []
        for (const command of commands) {
          const answered = await wrong(command, right, clock.now())
          outcomes.push(answered ?? ((await right(command)).outcomes[0] as Outcome))
        }
        return { kind: 'applied', now: clock.now(), epoch: 1, outcomes }
      },
    }
  })
}

function changed(
  name: string,
  faulty: (store: ShopStore, clock: { now(): number }) => Partial<ShopStore>,
): WrongStore {
  return {
    name,
    newStore: (options) => {
      const store = simulatedStore()(options)
      const methods = faulty(store, options.clock)
      return new Proxy(store, {
        get(target, method) {
          const value: unknown = Reflect.get(methods, method) ?? Reflect.get(target, method)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    },
  }
}

async function outcomeOf(alone: Alone, command: Command): Promise<Outcome> {
  return (await alone(command)).outcomes[0] as Outcome
}

export const WRONG_STORES: readonly WrongStore[] = [
  wrongCommands('a tombstone is answered and not kept', () => async (command, alone) => {
    if (command.kind !== 'release') return null
    const looked = await outcomeOf(alone, { kind: 'extend', id: command.id, home: command.home, holdMs: 1 })
    return looked.kind === 'unknown-id' ? { kind: 'tombstoned' } : null
  }),
  wrongCommands('a unit is lost when a hold expires', () => async (command, alone) => {
    if (command.kind !== 'sweep') return null
    const swept = await outcomeOf(alone, command)
    if (swept.kind === 'swept' && swept.expired.length > 0)
      for (const sku of ['SHIRT', 'MUG', 'RARE'])
        await alone({
          kind: 'supply',
          movement: `lost ${swept.expired[0]}`,
          account: { sku, pool: 'default' },
          delta: -1,
          cause: 'lost',
        })
    return swept
  }),
  wrongCommands('a retry is granted again, under an id of its own', () => {
    let copies = 0
    return async (command, alone) => {
      if (command.kind !== 'reserve') return null
      const outcome = await outcomeOf(alone, command)
      if (outcome.kind !== 'replayed') return outcome
      return outcomeOf(alone, { ...command, id: `${command.id} copy ${copies++}`, guards: [] })
    }
  }),
  wrongCommands('a slot is not freed when its order expires', () => {
    const slots = new Map<string, readonly string[]>()
    const stuck = new Map<string, string>()
    return async (command, alone) => {
      if (command.kind === 'reserve') {
        const blocked = command.guards.find(({ name }) => stuck.has(name))
        const outcome = await outcomeOf(alone, command)
        if (outcome.kind === 'granted')
          slots.set(
            command.id,
            command.guards.map(({ name }) => name),
          )
        if (outcome.kind !== 'granted' || blocked === undefined) return outcome
        await alone({ kind: 'release', id: command.id, home: command.home, cause: 'seller', reason: null })
        return { kind: 'unpaid-order', guard: blocked.name, id: stuck.get(blocked.name) ?? '', expiresAt: 0 }
      }
      const outcome = await outcomeOf(alone, command)
      if (outcome.kind === 'swept')
        for (const id of outcome.expired) for (const name of slots.get(id) ?? []) stuck.set(name, id)
      return outcome
    }
  }),
  wrongCommands('a limit is not given back when its order is cancelled', () => {
    const claimed = new Map<string, readonly string[]>()
    const lost = new Map<string, number>()
    return async (command, alone) => {
      if (command.kind === 'reserve') {
        const uses = command.claims.uses.map((use) => ({
          ...use,
          max: use.max - (lost.get(use.counter) ?? 0),
        }))
        const outcome = await outcomeOf(alone, { ...command, claims: { ...command.claims, uses } })
        if (outcome.kind === 'granted')
          claimed.set(
            command.id,
            uses.map(({ counter }) => counter),
          )
        return outcome
      }
      const outcome = await outcomeOf(alone, command)
      if (command.kind === 'release' && outcome.kind === 'released')
        for (const counter of claimed.get(command.id) ?? []) lost.set(counter, (lost.get(counter) ?? 0) + 1)
      return outcome
    }
  }),
  wrongCommands('a late payment is refunded though units are there', () => async (command, alone) => {
    if (command.kind !== 'confirm') return null
    const { id, home } = command
    const looked = await outcomeOf(alone, { kind: 'extend', id, home, holdMs: 1 })
    const isExpired = looked.kind === 'already' && looked.status === 'expired'
    return isExpired ? { kind: 'refund-required', why: { kind: 'expired' } } : null
  }),
  wrongCommands(
    'a delayed reserve is granted though it is late',
    () => async (command, alone) =>
      command.kind === 'reserve' ? outcomeOf(alone, { ...command, notAfter: Number.MAX_SAFE_INTEGER }) : null,
  ),
  wrongCommands('a movement that is told again is made again', () => {
    let made = 0
    return async (command, alone) =>
      command.kind === 'supply'
        ? outcomeOf(alone, { ...command, movement: `${command.movement} ${made++}` })
        : null
  }),
  wrongCommands(
    'a cancel by the seller strikes the buyer',
    () => async (command, alone) =>
      command.kind === 'release' && command.cause === 'seller'
        ? outcomeOf(alone, { ...command, cause: 'buyer' })
        : null,
  ),
  wrongCommands('a refusal is remembered', () => {
    const refused = new Map<string, Outcome>()
    return async (command, alone) => {
      if (command.kind !== 'reserve') return null
      const known = refused.get(command.id)
      if (known !== undefined) return known
      const outcome = await outcomeOf(alone, command)
      if (outcome.kind === 'insufficient-stock') refused.set(command.id, outcome)
      return outcome
    }
  }),
  wrongCommands('only the first line of an order is taken', () => async (command, alone) => {
    if (command.kind !== 'reserve' || command.claims.units.length < 2) return null
    const units = command.claims.units.slice(0, 1)
    const uses = command.claims.uses.map((use) => ({ ...use, lines: use.lines.filter((line) => line === 0) }))
    return outcomeOf(alone, { ...command, claims: { ...command.claims, units, uses } })
  }),
  wrongCommands(
    'a hold may be extended without end',
    () => async (command, alone) =>
      command.kind === 'reserve'
        ? outcomeOf(alone, { ...command, maxHoldMs: 100 * command.maxHoldMs })
        : null,
  ),
  changed('a batch ends at its first refusal', (store) => ({
    async apply(partition, epoch, commands) {
      const reply = await store.apply(partition, epoch, commands.slice(0, 1))
      if (reply.kind !== 'applied' || commands.length === 1) return reply
      const [first] = reply.outcomes as [Outcome]
      if (REFUSALS.has(first.kind)) return { ...reply, outcomes: commands.map(() => first) }
      const rest = await store.apply(partition, epoch, commands.slice(1))
      return rest.kind === 'applied' ? { ...rest, outcomes: [first, ...rest.outcomes] } : rest
    },
  })),
  {
    name: 'ids are forgotten too early',
    newStore: ({ clock, retentionMs }) => simulatedStore()({ clock, retentionMs: retentionMs / 20 }),
  },
  changed('a rejected ticket stays in the queue', (store) => ({
    async applyToOrders(commands: readonly OrderCommand[]) {
      const { now, outcomes } = await store.applyToOrders(commands.filter(({ kind }) => kind !== 'reject'))
      const left = [...outcomes]
      return {
        now,
        outcomes: commands.map(({ kind }) => (kind === 'reject' ? REJECTED : (left.shift() ?? REJECTED))),
      }
    },
  })),
  // Only a worker that dies, or whose call is lost, leaves anything to the next one.
  changed('a compensation is handed out once', (store) => {
    const handedOut = new Set<string>()
    return {
      async takeCompensations(limit: number, leaseMs: number) {
        const taken = await store.takeCompensations(limit, leaseMs)
        const fresh = taken.filter(({ order }) => !handedOut.has(order))
        for (const { order } of fresh) handedOut.add(order)
        return fresh
      },
    }
  }),
  changed('a ticket is handed out once', (store) => {
    const handedOut = new Set<string>()
    return {
      async takeQueued(limit: number, leaseMs: number) {
        const taken = await store.takeQueued(limit, leaseMs)
        const fresh = taken.filter(({ id }) => !handedOut.has(id))
        for (const { id } of fresh) handedOut.add(id)
        return fresh
      },
    }
  }),
]

const REJECTED = { kind: 'rejected' } as const
const REFUSALS: ReadonlySet<string> = new Set(['insufficient-stock', 'purchase-limit', 'unpaid-order'])
