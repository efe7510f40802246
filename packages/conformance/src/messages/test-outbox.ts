import { OUTBOX_CASES } from './outbox-cases.js'
import type { OutboxUnderTest } from './outbox-scene.js'
import { defineMessageSuite, type MessageKitOptions } from './suite.js'

/** Tests an outbox: its order per key, its leases, what is set aside and what comes late. */
export function testOutbox(options: MessageKitOptions<OutboxUnderTest>): void {
  defineMessageSuite('outbox', options, OUTBOX_CASES)
}
