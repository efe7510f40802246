import {
  BatchRunner,
  type Capabilities,
  ChangedAccounts,
  type Command,
  type KeptEvent,
  type Outcome,
  type Page,
  type Query,
  type ReservationStore,
  type StockChanged,
  type StoreClock,
  type StoreEvent,
} from '@holdfast/core/adapter'
import { ReferencePartition } from '../../src/reference/reference-partition.js'

/** A correct partition, whose methods a planted bug overrides. */
export class VariantPartition extends ReferencePartition {
  override readonly changed: HeldBack = new HeldBack()
}

/** Keeps the events of accounts back, so that commands can be run one by one and still be one batch. */
class HeldBack extends ChangedAccounts {
  isHeldBack = false

  override drain(now: number): readonly StockChanged[] {
    return this.isHeldBack ? [] : super.drain(now)
  }
}

/** Where a planted bug departs from the rules. What it leaves out is right. */
export interface Variant {
  readonly partition?: VariantPartition
  /** The command that is decided instead. */
  rewrite?(command: Command, store: VariantStore): Command
  /** When the command is decided. */
  at?(command: Command, store: VariantStore, now: number): number
  /** Answers in place of the rules; `null` leaves it to them. */
  answer?(command: Command, store: VariantStore, now: number): Outcome | null
  /** Comes after the rules; what it returns is told in place of their outcome. `before`: the partition before it. */
  after?(
    command: Command,
    outcome: Outcome,
    store: VariantStore,
    before: ReferencePartition,
  ): Outcome | undefined
  /** The commands of a batch that are applied at all. */
  batch?(commands: readonly Command[]): readonly Command[]
  /** The events that are kept of a batch. */
  told?(events: readonly StoreEvent[]): readonly StoreEvent[]
  /** What a read shows. */
  shown?(page: Page, query: Query, store: VariantStore): Page
  /** What happens between the arrival of a batch and its turn; returns what is to be done as its turn comes. */
  arrived?(commands: readonly Command[], store: VariantStore): Promise<() => void>
}

const ONLY = ['main'] as const

/** The reference as a store: right, but for the variant that it is given. */
export class VariantStore implements ReservationStore {
  readonly capabilities: Capabilities = {
    backorder: true,
    returns: true,
    durable: true,
    partitions: 'one',
    idScope: 'store',
    clock: 'virtual',
    rows: false,
    corrections: true,
  }
  partition: VariantPartition
  epoch = 1
  readonly kept: KeptEvent[]
  private reading: Promise<unknown> | null = null

  /** @param same another client of the same store */
  constructor(
    readonly clock: StoreClock,
    readonly variant: Variant = {},
    same: VariantStore | null = null,
  ) {
    this.partition = same?.partition ?? variant.partition ?? new VariantPartition()
    this.kept = same?.kept ?? []
  }

  partitionsOf(): readonly string[] {
    return ONLY
  }

  async partitions(): Promise<readonly string[]> {
    return ONLY
  }

  async apply(_partition: string, epoch: number | null, commands: readonly Command[]) {
    const { variant } = this
    const begin = await variant.arrived?.(commands, this)
    while (this.reading !== null) await this.reading
    if (epoch !== null && epoch !== this.epoch) return { kind: 'fenced', epoch: this.epoch } as const
    begin?.()
    const now = this.clock.now()
    const outcomes = this.run(variant.batch?.(commands) ?? commands, now)
    return { kind: 'applied', now, epoch: this.epoch, outcomes } as const
  }

  private run(commands: readonly Command[], now: number): readonly Outcome[] {
    const { changed } = this.partition
    const events: StoreEvent[] = []
    changed.isHeldBack = true
    const outcomes = commands.map((command) => this.one(command, now, events))
    changed.isHeldBack = false
    events.push(...changed.drain(now))
    this.keep(this.variant.told?.(events) ?? events)
    return outcomes
  }

  private one(asked: Command, now: number, events: StoreEvent[]): Outcome {
    const { variant, partition } = this
    const command = variant.rewrite?.(asked, this) ?? asked
    const answered = variant.answer?.(command, this, now) ?? null
    if (answered !== null) return answered
    const before = variant.after === undefined ? null : partition.copy()
    const runner = new BatchRunner(partition, partition.changed)
    const result = runner.run([command], variant.at?.(command, this, now) ?? now)
    events.push(...result.events)
    const outcome = result.outcomes[0] as Outcome
    return (before && variant.after?.(command, outcome, this, before)) ?? outcome
  }

  private keep(events: readonly StoreEvent[]): void {
    if (events.length === 0) return
    const sequence = Number(this.kept.at(-1)?.id.split('/')[2] ?? 0) + 1
    events.forEach((event, index) => {
      this.kept.push({ id: `main/${this.epoch}/${sequence}/${index}`, event })
    })
  }

  async read(_partition: string, query: Query): Promise<Page> {
    const page = pageOf(this, query)
    return this.variant.shown?.(page, query, this) ?? page
  }

  async snapshot<T>(
    partition: string,
    work: (read: (query: Query) => Promise<Page>) => Promise<T>,
  ): Promise<T> {
    const done = work((query) => this.read(partition, query))
    this.reading = done.catch(() => {})
    try {
      return await done
    } finally {
      this.reading = null
    }
  }

  async close(): Promise<void> {}
}

/** Every entry of every kind, copied so that a page stays what it was. */
function everything({ partition, kept }: VariantStore) {
  const byName = (one: readonly [string, unknown], other: readonly [string, unknown]) =>
    one[0] < other[0] ? -1 : 1
  const accounts = [...partition.accounts].sort(([, one], [, other]) =>
    Buffer.compare(
      Buffer.from(`${one.key.sku}\0${one.key.pool}`),
      Buffer.from(`${other.key.sku}\0${other.key.pool}`),
    ),
  )
  return {
    accounts: accounts.map(([, state]) => ({ ...state })),
    reservations: [...partition.reservations].map(([id, state]) => ({ id, state })),
    counters: [...partition.counters].map(([name, { used, archived }]) => ({ name, used, archived })),
    guards: [...partition.guards].sort(byName).map(([name, state]) => ({ name, state })),
    strikes: [...partition.strikeRecords].sort(byName).map(([name, state]) => ({ name, state })),
    events: kept,
    ledger: partition.ledger,
  }
}

const NOTHING = {
  accounts: [],
  reservations: [],
  counters: [],
  guards: [],
  strikes: [],
  events: [],
  ledger: [],
}

function pageOf(store: VariantStore, query: Query): Page {
  const now = store.clock.now()
  const all = everything(store)
  if (query.kind === 'keys') {
    const { partition } = store
    const same = (name: string) => (entry: { readonly name: string }) => entry.name === name
    return {
      ...NOTHING,
      now,
      cursor: null,
      accounts: query.accounts.flatMap((key) => {
        const state = partition.account(key)
        return state === undefined ? [] : [{ ...state }]
      }),
      reservations: query.reservations.flatMap((id) => {
        const state = partition.reservation(id)
        return state === undefined ? [] : [{ id, state }]
      }),
      counters: query.counters.flatMap((name) => all.counters.filter(same(name))),
      guards: query.guards.flatMap((name) => all.guards.filter(same(name))),
      strikes: query.strikes.flatMap((name) => all.strikes.filter(same(name))),
    }
  }
  const { of, account, fillable = false, limit } = query
  const isOf = ({ sku, pool }: { sku: string; pool: string }) =>
    account === undefined || (account.sku === sku && (account.pool === undefined || account.pool === pool))
  const wanted = {
    ...all,
    accounts: all.accounts.filter(
      (one) => isOf(one.key) && (!fillable || (one.available > 0 && one.backordered > 0)),
    ),
    ledger: all.ledger.filter((entry) => isOf(entry.account)),
  }[of]
  const from = Number(query.cursor ?? 0)
  const cursor = from + limit < wanted.length ? String(from + limit) : null
  return { ...NOTHING, now, [of]: wanted.slice(from, from + limit), cursor }
}
