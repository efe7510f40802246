import type { Command, Outcome } from '@holdfast/core/adapter'
import type { Scenario } from '../scenario/scenario.js'

/**
 * Stands between a caller and the store, and does to calls what a network does. The reference is told of every
 * delivery, in the order of deliveries: a call that is delivered twice is applied twice.
 */
export class FaultyClient {
  /** The last client first: retries go over the first one. */
  private turn = -1

  constructor(private readonly scenario: Scenario) {}

  /** Delivered, and the answer never comes. */
  async replyLost(commands: readonly Command[]): Promise<void> {
    await this.deliver(commands)
    this.scenario.foresee(commands)
  }

  /** Delivered twice at once, over two clients if there are so many. Returns both answers, those given first first. */
  async duplicated(commands: readonly Command[]): Promise<DeliveredTwice> {
    const answers: (readonly Outcome[])[] = []
    await Promise.all(
      [0, 1].map(async () => {
        answers.push(await this.deliver(commands))
      }),
    )
    const expected = [this.scenario.foresee(commands), this.scenario.foresee(commands)]
    return { answers, expected }
  }

  /** Kept on the way until the function that is returned is called; then delivered, its answer unheard. */
  delayed(commands: readonly Command[]): () => Promise<void> {
    return () => this.replyLost(commands)
  }

  /** Over the clients in turn, as the calls of several processes come. */
  private async deliver(commands: readonly Command[]): Promise<readonly Outcome[]> {
    const clients = this.scenario.clients()
    const client = clients.at(this.turn-- % clients.length) ?? this.scenario.store
    const { outcomes } = await this.scenario.send(client, commands)
    return outcomes
  }
}

interface DeliveredTwice {
  readonly answers: readonly (readonly Outcome[])[]
  /** What the first and the second delivery must be answered. */
  readonly expected: readonly (readonly Outcome[])[]
}
