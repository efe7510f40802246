import type { Answer, Call } from '../coalescer/coalescer.js'
import { HoldfastError } from '../errors.js'
import { placeOf } from '../partition/piece-names.js'
import type { Command } from '../port/commands.js'
import type { PiecedOutcome, PiecedStep } from '../port/pieced.js'

/** Brings a command to one partition and its outcome back. */
export type Submit = (partition: string, command: Command, call: Call) => Promise<Answer>

/** An order in pieces: its id, and where it is at home. */
export interface OrderAtHome {
  readonly id: string
  readonly home: string
}

/** How an order stands at its home, after a step. */
export interface Standing extends OrderAtHome, Omit<PiecedOutcome, 'kind'> {
  /** The home's clock, ms since the epoch. */
  readonly now: number
  readonly epoch: number
}

/** Takes one step of an order at its home. */
export async function stepAt(
  submit: Submit,
  { id, home }: OrderAtHome,
  step: PiecedStep,
  call: Call,
): Promise<Standing> {
  const { partition = '' } = placeOf(home) ?? {}
  const { outcome, now, epoch } = await submit(partition, { kind: 'pieced', id, home, step }, call)
  if (outcome.kind !== 'pieced')
    throw new HoldfastError('store-failed', `the store answered pieced with ${outcome.kind}`)
  const { answer, record, order } = outcome
  return { id, home, answer, record, order, now, epoch }
}
