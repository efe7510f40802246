import { type HoldfastError, isHoldfastError } from '../errors.js'
import type { Command } from '../port/commands.js'
import type { Applied, ReservationStore } from '../port/reservation-store.js'
import type { Entry } from './entry.js'
import { blameIn, culpritIn, errorFor, errorOf, unknownFor } from './failure.js'
import type { Flight } from './flight.js'
import type { EpochSource, PartitionEpoch } from './partition-epoch.js'

/** Where batches of one partition go. */
export interface Route {
  readonly store: Pick<ReservationStore, 'apply'>
  readonly partition: string
  readonly epoch: PartitionEpoch
  /** Told of each entry that is no longer with the store, just before its caller is. */
  readonly finish: (entry: Entry) => void
}

/** Commands that are handed to the store together. */
interface Part {
  readonly entries: readonly Entry[]
  readonly commands: readonly Command[]
  /** Sent once before, and fenced. */
  readonly fenced: boolean
}

/**
 * Carries one batch to the store, and again whatever a failure leaves to be sent, part after part in the batch's order,
 * until every command has its answer.
 *
 * - An error that says that nothing was written, for which one command may be to blame: the command named by
 *   `commandIndex` gets it and the rest goes again together; from the second one named, the rest goes in halves (a
 *   batch of nothing but bad commands would else be sent at almost full size as often as it has commands). None named:
 *   halved until the culprit stands alone. A store that fails at everything is thus asked up to twice per command, but
 *   one call at a time, and no longer than the callers' deadlines.
 * - `closed`, `fenced`, `not-sent`: nothing was written, nor would it be by parts. Each command gets the error.
 * - Anything else, errors that are not Holdfast's and replies that do not fit included: it may have been written. Each
 *   command gets `unknown` and is not sent again: its caller knows whether it still wants it, and asks by the same id.
 * - A command whose caller gave up while nothing of it was written is not sent again either.
 */
export class Delivery {
  /** What is still to be sent, the next part last. */
  private readonly parts: Part[]
  private culpritsNamed = 0

  constructor(
    flight: Flight,
    private readonly route: Route,
  ) {
    this.parts = [{ entries: flight.entries, commands: flight.commands, fenced: false }]
  }

  /** Never rejects. */
  async run(): Promise<void> {
    for (let part = this.parts.pop(); part !== undefined; part = this.parts.pop()) {
      const source = this.sourceToAsk(part)
      if (source === null || (await this.learnsEpoch(part, source))) await this.send(this.stillWanted(part))
    }
  }

  private async send(part: Part): Promise<void> {
    if (part.entries.length === 0) return
    const { store, partition, epoch } = this.route
    const expected = epoch.expected
    stand(part, 'sent')
    let reply: Applied
    try {
      reply = await store.apply(partition, expected, part.commands)
    } catch (error) {
      this.failed(part, error)
      return
    }
    if (reply.kind === 'fenced') await this.fenced(part, expected, reply.epoch)
    else this.settle(part, reply)
  }

  private settle(part: Part, reply: Extract<Applied, { kind: 'applied' }>): void {
    const { entries } = part
    const { outcomes, now, epoch } = reply
    if (outcomes.length !== entries.length) {
      const cause = new Error(`the store gave ${outcomes.length} outcomes for ${entries.length} commands`)
      this.failEach(part, (entry) => unknownFor(entry, cause))
      return
    }
    this.route.epoch.learn(epoch)
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] as Entry
      this.route.finish(entry)
      entry.answer(outcomes[index] as (typeof outcomes)[number], now, epoch)
    }
  }

  private failed(part: Part, error: unknown): void {
    const { entries } = part
    const blame = blameIn(error)
    if (blame === 'unknown' || !isHoldfastError(error)) {
      const cause = isHoldfastError(error, 'unknown') ? (error.cause ?? error) : error
      this.failEach(part, (entry) => unknownFor(entry, cause))
    } else if (blame === 'none' || entries.length === 1) {
      this.failEach(part, (entry) => errorFor(entry, error))
    } else {
      stand(part, 'waiting')
      const culprit = culpritIn(error, entries.length)
      if (culprit === undefined) this.sendHalves(entries)
      else this.sendWithout(culprit, error, entries)
    }
  }

  private sendWithout(culprit: number, error: HoldfastError, entries: readonly Entry[]): void {
    const entry = entries[culprit] as Entry
    this.route.finish(entry)
    entry.fail(errorFor(entry, error))
    const rest = entries.filter((_, index) => index !== culprit)
    this.culpritsNamed++
    if (this.culpritsNamed === 1) this.parts.push(partOf(rest))
    else this.sendHalves(rest)
  }

  private sendHalves(entries: readonly Entry[]): void {
    const middle = Math.ceil(entries.length / 2)
    this.parts.push(partOf(entries.slice(middle)), partOf(entries.slice(0, middle)))
  }

  /** Asks the source for the epoch and sends the same commands once more; else they get `fenced`. */
  private async fenced(part: Part, expected: number | null, found: number | null): Promise<void> {
    const { epoch } = this.route
    stand(part, 'waiting')
    let cause: unknown
    if (epoch.source === undefined) {
      epoch.forget()
    } else if (!part.fenced) {
      // Another batch may have asked in the meantime.
      if (epoch.expected === expected) cause = await failureOf(epoch.ask(epoch.source))
      if (cause === undefined && epoch.expected !== null) {
        this.parts.push({ ...part, fenced: true })
        return
      }
    }
    const message = `nothing was written: epoch ${expected ?? 'any'} was expected, the store has ${found ?? 'none'}`
    this.failEach(part, (entry) => errorOf(entry, 'fenced', message, cause === undefined ? {} : { cause }))
  }

  /** Who is to be asked for the epoch before anything is sent; `null`: it is known, or the store's own word is taken. */
  private sourceToAsk({ fenced }: Part): EpochSource | null {
    const { expected, source } = this.route.epoch
    return expected !== null || fenced ? null : (source ?? null)
  }

  /** Asks before the first batch; if that fails, so do the commands, unsent. */
  private async learnsEpoch(part: Part, source: EpochSource): Promise<boolean> {
    const cause = await failureOf(this.route.epoch.ask(source))
    if (cause === undefined) return true
    const message = 'nothing was sent: the epoch source failed'
    this.failEach(part, (entry) => errorOf(entry, 'store-failed', message, { cause }))
    return false
  }

  private stillWanted(part: Part): Part {
    if (part.entries.every(isOpen)) return part
    for (const entry of part.entries) if (!entry.open) this.route.finish(entry)
    return { ...partOf(part.entries.filter(isOpen)), fenced: part.fenced }
  }

  private failEach(part: Part, reason: (entry: Entry) => HoldfastError): void {
    for (const entry of part.entries) {
      this.route.finish(entry)
      if (entry.open) entry.fail(reason(entry))
    }
  }
}

function isOpen(entry: Entry): boolean {
  return entry.open
}

function partOf(entries: readonly Entry[]): Part {
  return { entries, commands: entries.map((entry) => entry.command), fenced: false }
}

function stand(part: Part, standing: 'waiting' | 'sent'): void {
  for (const entry of part.entries) entry.standing = standing
}

/** What the work failed with; undefined when it did not. */
async function failureOf(work: Promise<void>): Promise<unknown> {
  try {
    await work
    return undefined
  } catch (error) {
    return error ?? new Error('failed without a reason')
  }
}
