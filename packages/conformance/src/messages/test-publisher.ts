import { PUBLISHER_CASES, type PublisherUnderTest } from './publisher-cases.js'
import { defineMessageSuite, type MessageKitOptions } from './suite.js'

/** Tests a publisher: that what it calls acked is there, once its key's earlier records are. A broker keeps its own time. */
export function testPublisher(options: MessageKitOptions<PublisherUnderTest>): void {
  defineMessageSuite('publisher', options, PUBLISHER_CASES)
}
