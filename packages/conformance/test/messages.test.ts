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

testOutbox({ describe, it, create: outboxInMemory, declines: ['open transactions'] })
testInbox({ describe, it, create: inboxInMemory })
testHalfMessageStore({ describe, it, create: halfMessagesInMemory })
testPublisher({ describe, it, create: publisherInMemory, declines: ['an absent topic'] })
testMessageSource({ describe, it, create: sourceInMemory })
