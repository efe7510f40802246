import { describe, it } from 'vitest'
import {
  testHalfMessageStore,
  testInbox,
  testMessageSource,
  testOutbox,
  testPublisher,
} from '../src/index.js'
import {
  halfMessagesInMemory,
  inboxInMemory,
  outboxInMemory,
  publisherInMemory,
  sourceInMemory,
} from './messages-in-memory.js'

testOutbox({ describe, it, create: outboxInMemory })
testInbox({ describe, it, create: inboxInMemory })
testHalfMessageStore({ describe, it, create: halfMessagesInMemory })
testPublisher({ describe, it, create: publisherInMemory })
testMessageSource({ describe, it, create: sourceInMemory })
