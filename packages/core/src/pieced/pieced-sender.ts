import { type Behind, Buckets } from '../buckets/buckets.js'
import type { Answer, Call, Teller } from '../coalescer/coalescer.js'
import { told } from '../coalescer/teller.js'
import { homeAt, isPieceId, type Place, pieceNamed, placeOf } from '../partition/piece-names.js'
import type {
  Command,
  Confirm,
  Extend,
  Fill,
  Release,
  Reserve,
  Return,
  Shrink,
  Sweep,
} from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import type { ReservationStore } from '../port/reservation-store.js'
import type { Scheduler } from '../scheduler.js'
import { Admitting, answerOf } from './admitting.js'
import { Following } from './following.js'
import { type Submit, stepAt } from './homes.js'
import { Paying } from './paying.js'
import { ownPartition } from './plan.js'
import { readReservation } from './read-reservation.js'
import { Reserving } from './reserving.js'

type Settle = Confirm | Release | Extend | Shrink | Return

/** How a store of many partitions is spoken to: as if it had one. */
export class PiecedSender {
  private readonly buckets: Buckets
  private readonly following: Following
  private readonly reserving: Reserving
  private readonly admitting: Admitting
  private readonly paying: Paying

  constructor(
    private readonly store: ReservationStore,
    private readonly submit: Submit,
    newToken: () => string,
    scheduler?: Scheduler,
    behind: Behind | null = null,
  ) {
    this.buckets = new Buckets(store, submit, scheduler, behind)
    this.following = new Following(store, submit)
    this.reserving = new Reserving(store, this.buckets.areUsed ? this.buckets.submit : submit, this.following)
    this.admitting = new Admitting(store, submit, this.reserving, this.following, newToken)
    this.paying = new Paying(store, submit, this.reserving, this.following, newToken)
  }

  /** The same order under a home that tells where it lies, so that nobody has to look for it. */
  routed(command: Reserve): Reserve {
    const partition = ownPartition(command, this.store)
    const pieced = this.store.partitionsOf(command).length > 1
    return { ...command, home: homeAt({ partition, pieced }, command.home) }
  }

  send(command: Command, call: Call): Promise<Answer> {
    switch (command.kind) {
      case 'reserve':
        return this.place(command, call)
      case 'confirm':
      case 'release':
      case 'extend':
      case 'shrink':
      case 'return':
        return this.settle(command, call)
      case 'sweep':
        return this.sweep(command, call)
      case 'fill':
        return this.fill(command, call)
      case 'supply':
        if (this.buckets.has(command.account)) return this.buckets.supply(command, call)
        break
      case 'transfer':
        if (this.buckets.has(command.from)) return this.buckets.transfer(command, call)
        break
      case 'configure':
        if (this.buckets.has(command.account)) return this.buckets.configure(command, call)
        break
    }
    return this.submit(this.partitionOf(command), command, call)
  }

  /** What no buyer waits for: transfers between buckets that were left, and buckets that are not even. */
  rebalance(): Promise<number> {
    return this.buckets.rebalance()
  }

  sendFor<Told>(command: Command, call: Call, teller: Teller<Told>): Promise<Told> {
    return told(this.send(command, call), teller)
  }

  private place(command: Reserve, call: Call): Promise<Answer> {
    const routed = placeOf(command.home) === null ? this.routed(command) : command
    const { partition, pieced } = placeOf(routed.home) as Place
    if (!pieced) return this.reserving.reserve(partition, routed, call)
    return this.admitting.place(routed, call)
  }

  private async settle(command: Settle, call: Call): Promise<Answer> {
    const home = await this.homeOf(command)
    if (home === null) return this.settleUnknown(command, call)
    const { partition, pieced } = placeOf(home) as Place
    const found = { ...command, home }
    if (!pieced) return this.settleAlone(partition, found, call)
    if (found.kind === 'confirm') return this.paying.confirm(found, call)
    const standing = await stepAt(this.submit, found, { kind: 'settle', command: found }, call)
    await this.following.follow(standing, call)
    return answerOf(standing)
  }

  private async settleAlone(partition: string, command: Settle, call: Call): Promise<Answer> {
    if (command.kind === 'confirm' && this.buckets.areUsed)
      await this.buckets.beforePaying(partition, command, call)
    return this.submit(partition, command, call)
  }

  /** No partition knows the id. A release leaves word in all of them, so that it is refused wherever it comes. */
  private async settleUnknown(command: Settle, call: Call): Promise<Answer> {
    if (command.kind !== 'release') return this.submit(this.partitionOf(command), command, call)
    const partitions = await this.store.partitions()
    const answers = await Promise.all(partitions.map((partition) => this.submit(partition, command, call)))
    const met = answers.some(({ outcome }) => outcome.kind === 'released')
    // It came while the word was being left.
    if (met && (await this.locate(command.id)) !== null) return this.settle(command, call)
    return answers[0] as Answer
  }

  private async homeOf({ id, home }: Settle): Promise<string | null> {
    const place = placeOf(home)
    const isKnown = home !== id && place !== null && (await this.store.partitions()).includes(place.partition)
    return isKnown ? home : this.locate(id)
  }

  /** Where the order is, for those who kept only its id. */
  private async locate(id: string): Promise<string | null> {
    const partitions = await this.store.partitions()
    const found = await Promise.all(partitions.map((partition) => readReservation(this.store, partition, id)))
    for (const { state } of found) {
      if (state === null || state.status === 'absent' || state.status === 'tombstoned') continue
      if (placeOf(state.home) !== null) return state.home
    }
    return null
  }

  /** Sweeps every partition, asks the homes of due pieces, and goes on with orders that were left alone. */
  private async sweep(command: Sweep, call: Call): Promise<Answer> {
    const partitions = await this.store.partitions()
    const sweeps = partitions.map((partition) => this.sweepOne(partition, command, call))
    const done = await Promise.allSettled(sweeps)
    const swept: Extract<Outcome, { kind: 'swept' }>[] = []
    let last: Answer | null = null
    for (const one of done) {
      if (one.status === 'rejected') throw one.reason
      last = one.value
      if (last.outcome.kind === 'swept') swept.push(last.outcome)
    }
    const expired = [...new Set(swept.flatMap((one) => one.expired))]
    const more = swept.some((one) => one.more)
    // Each partition has a clock of its own: when the next is due cannot be told for all, unless that is now.
    const now = last?.now ?? 0
    const outcome: Outcome = { kind: 'swept', expired, more, nextDueAt: more ? now : null }
    return { outcome, now, epoch: last?.epoch ?? 0 }
  }

  private async sweepOne(partition: string, command: Sweep, call: Call): Promise<Answer> {
    const answer = await this.submit(partition, command, call)
    if (answer.outcome.kind !== 'swept') return answer
    const { pieces = [], orders = [] } = answer.outcome.unsettled ?? {}
    const givenBack = pieces.map(async (id) => {
      const wasGivenBack = await this.following.ask(id, partition, call)
      return wasGivenBack ? [pieceNamed(id)?.id ?? id] : []
    })
    const goneOn = orders.map(async (order) => {
      if (isPieceId(order.id)) await this.following.tell(order.id, partition, call)
      else await this.following.goOn(order, call)
      return []
    })
    const done = await Promise.allSettled([...givenBack, ...goneOn])
    const expired = [...answer.outcome.expired]
    for (const one of done) if (one.status === 'fulfilled') expired.push(...one.value)
    const failed = done.find((one) => one.status === 'rejected')
    // Handed out again after a while; the caller is told that something is wrong.
    if (failed !== undefined) throw failed.reason
    return { ...answer, outcome: { ...answer.outcome, expired } }
  }

  /** Pieces that were given units tell their homes what they are still owed. */
  private async fill(command: Fill, call: Call): Promise<Answer> {
    const partition = this.partitionOf(command)
    const answer = await this.submit(partition, command, call)
    if (answer.outcome.kind !== 'filled') return answer
    const told = answer.outcome.lines.map(({ id }) => this.following.tell(id, partition, call))
    // The units are given: that its home has yet to hear of them is no failure of the fill, and found by a sweep.
    await Promise.allSettled(told)
    const lines = answer.outcome.lines.map((line) =>
      isPieceId(line.id) ? { ...line, id: pieceNamed(line.id)?.id ?? line.id } : line,
    )
    return { ...answer, outcome: { ...answer.outcome, lines } }
  }

  private partitionOf(command: Command): string {
    return this.store.partitionsOf(command)[0] ?? ''
  }
}
