import { INBOX_CASES, type InboxUnderTest } from './inbox-cases.js'
import { defineMessageSuite, type MessageKitOptions } from './suite.js'

/** Tests an inbox: that each message is handled once, together with what its handler writes and sends. */
export function testInbox<Transaction>(options: MessageKitOptions<InboxUnderTest<Transaction>>): void {
  defineMessageSuite('inbox', options as unknown as MessageKitOptions<InboxUnderTest>, INBOX_CASES)
}
