export type { FeedUnderTest } from './carrying/feed-cases.js'
export type { LedgerUnderTest } from './carrying/ledger-cases.js'
export { testFeed } from './carrying/test-feed.js'
export { testLedger } from './carrying/test-ledger.js'
export type {
  DeclaredCapabilities,
  KitOptions,
  Profile,
  StoreUnderTest,
  TestFunctions,
} from './kit/options.js'
export type { HalfMessagesUnderTest } from './messages/half-message-scene.js'
export type { InboxUnderTest } from './messages/inbox-cases.js'
export type { OutboxUnderTest } from './messages/outbox-scene.js'
export type { PublisherUnderTest } from './messages/publisher-cases.js'
export type { SourceUnderTest } from './messages/source-scene.js'
export type { MessageKitOptions, MessageNeed } from './messages/suite.js'
export { testHalfMessageStore } from './messages/test-half-message-store.js'
export { testInbox } from './messages/test-inbox.js'
export { testMessageSource } from './messages/test-message-source.js'
export { testOutbox } from './messages/test-outbox.js'
export { testPublisher } from './messages/test-publisher.js'
export type { OrderAndReservationStore } from './orders/order-scenario.js'
export { testCampaignStore } from './test-campaign-store.js'
export { testCompensationStore } from './test-compensation-store.js'
export { testOrderStore } from './test-order-store.js'
export { testReservationStore } from './test-reservation-store.js'
