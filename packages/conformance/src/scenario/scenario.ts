import type {
  Applied,
  Command,
  KeptEvent,
  Outcome,
  Page,
  Query,
  ReservationStore,
  StoreEvent,
} from '@holdfast/core/adapter'
import type { Kit } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import type { StoreUnderTest } from '../kit/options.js'
import { VirtualClock } from '../kit/virtual-clock.js'
import { assertLaws } from '../laws/laws.js'
import { Reference } from '../reference/reference.js'
import type { ReferencePartition } from '../reference/reference-partition.js'
import { readAll, readVisibleState, type VisibleState } from '../reference/visible-state.js'

/** An outcome in full, or its kind alone where the case is about nothing more. */
export type Expected = Outcome | Outcome['kind']

/**
 * A fresh store and the reference, kept in step: whatever is applied to the one is applied to the other, and after
 * every batch both must have answered the same and stand the same.
 */
export class Scenario {
  private readonly reference = new Reference()
  private partition: string | null = null
  private isAlone = false
  private current: ReservationStore
  private readonly restarted: ReservationStore[] = []

  private constructor(
    readonly clock: VirtualClock,
    private readonly underTest: StoreUnderTest<ReservationStore>,
  ) {
    this.current = underTest.store
  }

  /**
   * Opens a fresh store, lets `body` play, checks everything that is left to be seen, and closes the store.
   * Whatever `body` sent without the reference it has told it of, or has seen to by `assertLawfulAlone`.
   */
  static async play(kit: Kit<ReservationStore>, body: (scenario: Scenario) => Promise<void>): Promise<void> {
    const clock = new VirtualClock()
    const underTest = await kit.create({ clock })
    const scenario = new Scenario(clock, underTest)
    try {
      const [partition, ...others] = await underTest.store.partitions()
      if (others.length === 0) scenario.partition = partition ?? null
      await body(scenario)
      if (!scenario.isAlone) await scenario.assertHistory()
    } finally {
      for (const store of scenario.restarted) await store.close()
      await underTest.close()
    }
  }

  get store(): ReservationStore {
    return this.current
  }

  /** The store's clients, the first of them `store`. */
  clients(): readonly ReservationStore[] {
    return [this.current, ...(this.underTest.clients ?? [])]
  }

  async restart(): Promise<void> {
    if (this.underTest.restart === undefined)
      throw new TypeError('create() gave no `restart`, but the capabilities declare it')
    this.current = await this.underTest.restart()
    this.restarted.push(this.current)
  }

  /** Applies a batch and compares its answers and all that can be seen with the reference. */
  async apply(...commands: readonly Command[]): Promise<readonly Outcome[]> {
    const applied = await this.send(this.current, commands)
    this.assertApplied(applied, commands)
    await this.assertStands()
    return applied.outcomes
  }

  /** One command in a batch of its own. */
  async expect(command: Command, expected: Expected): Promise<void> {
    await this.expectTogether([[command, expected]])
  }

  /** A batch, with what each of its commands is answered. */
  async expectTogether(rows: readonly (readonly [Command, Expected])[]): Promise<void> {
    const commands = rows.map(([command]) => command)
    const applied = await this.send(this.current, commands)
    rows.forEach(([command, expected], index) => {
      const outcome = applied.outcomes[index]
      const told = typeof expected === 'string' ? outcome?.kind : outcome
      assertSame(told, expected, `${this.sinceStart()} ${JSON.stringify(command)} is answered otherwise:`)
    })
    this.assertApplied(applied, commands)
    await this.assertStands()
  }

  /** Sends a batch over one of the clients; nothing is compared. */
  async send(
    client: ReservationStore,
    commands: readonly Command[],
  ): Promise<Extract<Applied, { kind: 'applied' }>> {
    const applied = await client.apply(this.partitionOf(commands), null, commands)
    if (applied.kind === 'applied') return applied
    throw new TypeError(`a batch that expects no epoch was fenced: ${JSON.stringify(applied)}`)
  }

  /** Tells the reference of a batch, as applied at this moment. */
  foresee(commands: readonly Command[]): readonly Outcome[] {
    return this.reference.apply(commands, this.clock.now())
  }

  private assertApplied(
    { now, outcomes }: Extract<Applied, { kind: 'applied' }>,
    commands: readonly Command[],
  ): void {
    const expected = this.foresee(commands)
    assertSame(now, this.clock.now(), 'the batch was decided at another time than the clock tells:')
    assertSame(
      outcomes,
      expected,
      `${this.sinceStart()} the outcomes differ from the reference:\n${JSON.stringify(commands)}`,
    )
  }

  /** The reference's own reservations, for what is kept beside them. */
  partitionOfReference(): ReferencePartition {
    return this.reference.partition
  }

  /** A copy of the reference as it stands now. */
  expected(): Reference {
    return this.reference.copy()
  }

  /** Everything that can be seen of the store. */
  stands(): Promise<VisibleState> {
    return readVisibleState((query) => this.read(query), this.clock.now())
  }

  /** Everything that can be seen is what the reference has. */
  async assertStands(): Promise<VisibleState> {
    const now = this.clock.now()
    const state = await this.stands()
    const expected = this.reference.visible(now)
    for (const of of Object.keys(expected) as (keyof VisibleState)[])
      assertSame(state[of], expected[of], `${this.sinceStart()} the ${of} differ from the reference:`)
    return state
  }

  /** Compares events and ledger with the reference, and checks the laws on what the store shows. */
  async assertHistory(): Promise<void> {
    const state = await this.assertStands()
    const kept = await this.events()
    const events = kept.map(({ event }) => event)
    assertSame(batchesOf(kept), this.reference.batches, 'the events differ from the reference:')
    const ledger = await readAll((query) => this.read(query), 'ledger')
    assertSame(ledger, this.reference.ledger(), 'the ledger differs from the reference:')
    assertLaws({ state, events, ledger })
  }

  /** Checks the laws on what the store shows, where nobody knows in which order it was brought there. */
  async assertLawfulAlone(): Promise<void> {
    this.isAlone = true
    const kept = await this.events()
    batchesOf(kept)
    assertLaws({
      state: await this.stands(),
      events: kept.map(({ event }) => event),
      ledger: await readAll((query) => this.read(query), 'ledger'),
    })
  }

  events(): Promise<readonly KeptEvent[]> {
    return readAll((query) => this.read(query), 'events')
  }

  read(query: Query): Promise<Page> {
    return this.current.read(this.partitionOf([]), query)
  }

  /** The one partition of the scenario: the store's only one, or that of its first command. */
  partitionOf(commands: readonly Command[]): string {
    for (const command of commands) {
      const touched = this.current.partitionsOf(command)
      this.partition ??= touched[0] ?? null
      if (touched.length !== 1 || touched[0] !== this.partition)
        throw new TypeError(`a case leaves its partition ${this.partition}: ${JSON.stringify(command)}`)
    }
    if (this.partition === null) throw new TypeError('nothing was applied yet')
    return this.partition
  }

  private sinceStart(): string {
    return `[${new Date(this.clock.now()).toISOString()}]`
  }
}

/** Events by batch. @throws AssertionError unless their ids strictly grow */
function batchesOf(kept: readonly KeptEvent[]): StoreEvent[][] {
  const batches = new Map<string, StoreEvent[]>()
  let last: readonly [sequence: number, index: number] = [0, -1]
  for (const { id, event } of kept) {
    const parts = id.split('/')
    const [sequence, index] = parts.slice(-2).map(Number) as [number, number]
    const follows = sequence === last[0] ? index === last[1] + 1 : sequence > last[0] && index === 0
    assertSame(parts.length >= 4 && follows, true, `the event's id ${id} does not follow ${last.join('/')}:`)
    last = [sequence, index]
    const position = parts.slice(0, -1).join('/')
    const batch = batches.get(position) ?? []
    batch.push(event)
    batches.set(position, batch)
  }
  return [...batches.values()]
}
