import { describe, it } from 'vitest'
import { testHalfMessageStore, testInbox, testOutbox } from '../src/index.js'
import { halfMessagesInMemory, inboxInMemory, outboxInMemory } from './messages-in-memory.js'

testOutbox({ describe, it, create: outboxInMemory })
testInbox({ describe, it, create: inboxInMemory })
testHalfMessageStore({ describe, it, create: halfMessagesInMemory })
