import { defineMessageSuite, type MessageKitOptions } from '../messages/suite.js'
import { FEED_CASES, type FeedUnderTest } from './feed-cases.js'

/** Tests the feed of a fast store: entries without gaps, for one reader at a time. */
export function testFeed(options: MessageKitOptions<FeedUnderTest>): void {
  defineMessageSuite('feed', options, FEED_CASES)
}
