import { SOURCE_CASES } from './source-cases.js'
import type { SourceUnderTest } from './source-scene.js'
import { defineMessageSuite, type MessageKitOptions } from './suite.js'

/** Tests a source: that nothing handled comes again, and all else does. A broker keeps its own time. */
export function testMessageSource(options: MessageKitOptions<SourceUnderTest>): void {
  defineMessageSuite('message source', options, SOURCE_CASES)
}
