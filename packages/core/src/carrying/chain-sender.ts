import type { Answer, Call, Teller } from '../coalescer/coalescer.js'
import type { Sender } from '../desk/sender.js'
import { HoldfastError } from '../errors.js'
import type { KnownReservation } from '../machines/reservation/types.js'
import { isWhole } from '../partition/piece-names.js'
import type { Command, Confirm, Release, Return } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import { NO_KEYS } from '../port/reservation-store.js'
import type { Chain } from './chain.js'
import { retakeOf } from './retake.js'

/** What is done with the units of a sold order. */
type Undoing = Return | Release

/** Times that it is asked for with the whole order: whenever that was changed meanwhile, somebody else came through. */
const TIMES_ASKED = 5

/** What settles an order, or changes supply, is answered once the ledger has it; a reserve is answered at once. */
export class ChainSender implements Sender {
  constructor(
    private readonly sender: Sender,
    private readonly chain: Chain,
    private readonly retentionMs: number,
  ) {}

  async send(command: Command, call: Call): Promise<Answer> {
    const isUndoing = command.kind === 'release' || command.kind === 'return'
    const answer = await this.sender.send(isUndoing ? await this.found(command) : command, call)
    if (!waits(command, answer.outcome)) return answer
    await this.settled(command, call)
    if (command.kind === 'judge') await this.judge(command)
    const { kind } = answer.outcome
    if (command.kind === 'confirm' && kind === 'unknown-id') return this.confirmKnown(command, call, answer)
    const needsWhole = kind === 'marked' || (kind === 'unknown-id' && command.kind === 'return')
    return needsWhole ? this.askWithWhole(command as Undoing, call, answer) : answer
  }

  sendFor<Told>(command: Command, call: Call, teller: Teller<Told>): Promise<Told> {
    return this.sender.sendFor(command, call, teller)
  }

  private async settled(command: Command, call: Call): Promise<void> {
    const { store, catchingUp } = this.chain
    // The pieces of an order lie anywhere.
    const isOne = store.capabilities.partitions === 'one'
    await catchingUp.now(call, isOne ? store.partitionsOf(command) : undefined)
  }

  /** What a shop says of a buyer is told by no event. */
  private async judge(command: Command): Promise<void> {
    const { ledger } = this.chain
    const [partition = ''] = await ledger.partitions()
    await ledger.apply(partition, null, [command])
  }

  /** The command with what the store may not know of its order any more. */
  private async found<Asked extends Undoing>(command: Asked): Promise<Asked> {
    const { store } = this.chain
    // A store that has forgotten the order would take it for one that is still to come.
    if (command.kind === 'release' && command.cause === 'rollback')
      return (await this.withWhole(command)) ?? command
    if (store.capabilities.partitions === 'one' || command.home !== command.id) return command
    // In which partition a marker lies its home tells.
    const known = await this.inLedger(command.id)
    return known === null ? command : { ...command, home: known.home }
  }

  /** The store has a marker of the order, or has forgotten it: the ledger has it whole. */
  private async askWithWhole(command: Undoing, call: Call, first: Answer): Promise<Answer> {
    for (let answer = first, times = 0; times < TIMES_ASKED; times++) {
      const told = await this.withWhole(command)
      if (told === null) return answer
      answer = await this.sender.send(told, call)
      await this.settled(command, call)
      if (answer.outcome.kind !== 'marked') return answer
    }
    throw new HoldfastError('store-failed', 'the store has another order under this id than the ledger')
  }

  /** The same command with the sold order that the ledger has; `null`: it has none, or none that the store could lack. */
  private async withWhole<Asked extends Undoing>(command: Asked): Promise<Asked | null> {
    const { remembersForMs } = this.chain.store
    const state = await this.inLedger(command.id)
    if (remembersForMs === undefined || state?.status !== 'confirmed' || isWhole(command.id, state.home))
      return null
    return { ...command, home: state.home, whole: { state, lapsesAt: state.endedAt + remembersForMs } }
  }

  private async inLedger(id: string): Promise<KnownReservation | null> {
    const { ledger } = this.chain
    const [partition = ''] = await ledger.partitions()
    const [known] = (await ledger.read(partition, { ...NO_KEYS, reservations: [id] })).reservations
    return known === undefined || known.state.status === 'absent' ? null : known.state
  }

  /** A payment of an order that the store has lost or forgotten, and the ledger may know. */
  private async confirmKnown(command: Confirm, call: Call, answer: Answer): Promise<Answer> {
    const { ledger } = this.chain
    const known = await this.inLedger(command.id)
    if (known === null) return answer
    const retake = retakeOf(known, this.retentionMs)
    if (retake !== null) {
      const again = await this.sender.send({ ...command, home: retake.home, retake: retake.claims }, call)
      await this.settled(command, call)
      return again
    }
    // No unit moves: the ledger's own word is enough.
    const [partition = ''] = await ledger.partitions()
    const applied = await ledger.apply(partition, null, [command])
    const [outcome] = applied.kind === 'applied' ? applied.outcomes : []
    return outcome === undefined ? answer : { ...answer, outcome }
  }
}

function waits({ kind }: Command, outcome: Outcome): boolean {
  if (kind === 'fill') return outcome.kind === 'filled' && outcome.lines.length > 0
  return kind !== 'reserve' && kind !== 'sweep' && kind !== 'pieced'
}
