import { HALF_MESSAGE_CASES } from './half-message-cases.js'
import type { HalfMessagesUnderTest } from './half-message-scene.js'
import { LOCAL_TRANSACTION_CASES } from './local-transaction-cases.js'
import { defineMessageSuite, type MessageKitOptions } from './suite.js'

/** Tests half messages and local transactions: one decision, checks and their budget, tombstones. */
export function testHalfMessageStore<Transaction>(
  options: MessageKitOptions<HalfMessagesUnderTest<Transaction>>,
): void {
  defineMessageSuite('half messages', options as unknown as MessageKitOptions<HalfMessagesUnderTest>, [
    ...HALF_MESSAGE_CASES,
    ...LOCAL_TRANSACTION_CASES,
  ])
}
