import type { Answer, Call, Teller } from '../coalescer/coalescer.js'
import type { Sender } from '../desk/sender.js'
import type { Command, Confirm } from '../port/commands.js'
import type { Outcome } from '../port/outcomes.js'
import { NO_KEYS } from '../port/reservation-store.js'
import type { Chain } from './chain.js'
import { retakeOf } from './retake.js'

/** What settles an order, or changes supply, is answered once the ledger has it; a reserve is answered at once. */
export class ChainSender implements Sender {
  constructor(
    private readonly sender: Sender,
    private readonly chain: Chain,
    private readonly retentionMs: number,
  ) {}

  async send(command: Command, call: Call): Promise<Answer> {
    const answer = await this.sender.send(command, call)
    if (!waits(command, answer.outcome)) return answer
    await this.settled(command, call)
    if (command.kind === 'judge') await this.judge(command)
    if (command.kind !== 'confirm' || answer.outcome.kind !== 'unknown-id') return answer
    return this.confirmKnown(command, call, answer)
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

  /** A payment of an order that the store has lost or forgotten, and the ledger may know. */
  private async confirmKnown(command: Confirm, call: Call, answer: Answer): Promise<Answer> {
    const { ledger } = this.chain
    const [partition = ''] = await ledger.partitions()
    const asked = { ...NO_KEYS, reservations: [command.id] }
    const [known] = (await ledger.read(partition, asked)).reservations
    if (known === undefined || known.state.status === 'absent') return answer
    const retake = retakeOf(known.state, this.retentionMs)
    if (retake !== null) {
      const again = await this.sender.send({ ...command, home: retake.home, retake: retake.claims }, call)
      await this.settled(command, call)
      return again
    }
    // No unit moves: the ledger's own word is enough.
    const applied = await ledger.apply(partition, null, [command])
    const [outcome] = applied.kind === 'applied' ? applied.outcomes : []
    return outcome === undefined ? answer : { ...answer, outcome }
  }
}

function waits({ kind }: Command, outcome: Outcome): boolean {
  if (kind === 'fill') return outcome.kind === 'filled' && outcome.lines.length > 0
  return kind !== 'reserve' && kind !== 'sweep' && kind !== 'pieced'
}
