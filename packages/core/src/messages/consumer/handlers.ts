import type { InboxTransaction } from '../../port/inbox.js'
import type { ReceivedMessage } from '../envelope.js'

/** What a shop does about a message: `trx` commits with the inbox's row, `send` tells others in the same commit. */
export type EventHandler<Transaction> = (
  event: ReceivedMessage,
  transaction: InboxTransaction<Transaction>,
) => unknown

/** What is to be done instead where the attempts at a message are spent; the message is done then. */
export type GivenUpHandler<Transaction> = (
  event: ReceivedMessage,
  transaction: InboxTransaction<Transaction>,
  reason: string,
) => unknown

/** Handlers by the type of what they handle. */
export class Handlers<Transaction> {
  private readonly byType = new Map<string, EventHandler<Transaction>[]>()
  private readonly givenUp = new Map<string, GivenUpHandler<Transaction>>()

  add(type: string, handler: EventHandler<Transaction>, givenUp?: GivenUpHandler<Transaction>): void {
    if (givenUp !== undefined) this.givenUp.set(type, givenUp)
    const known = this.byType.get(type)
    if (known === undefined) this.byType.set(type, [handler])
    else known.push(handler)
  }

  has(type: string): boolean {
    return this.byType.has(type)
  }

  /** `order` of `order.paid`, each once. */
  aggregates(): readonly string[] {
    return [...new Set([...this.byType.keys()].map((type) => type.slice(0, type.indexOf('.'))))]
  }

  /** What takes the place of the dead letters for a type. */
  givenUpOf(type: string): GivenUpHandler<Transaction> | undefined {
    return this.givenUp.get(type)
  }

  /** One after another, in the order in which they were added. */
  async run(event: ReceivedMessage, transaction: InboxTransaction<Transaction>): Promise<void> {
    for (const handler of this.byType.get(event.type) ?? []) await handler(event, transaction)
  }
}
