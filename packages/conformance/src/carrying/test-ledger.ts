import { defineMessageSuite, type MessageKitOptions } from '../messages/suite.js'
import { LEDGER_CASES, type LedgerUnderTest } from './ledger-cases.js'

/** Tests a store that follows another: by position, each entry once. */
export function testLedger(options: MessageKitOptions<LedgerUnderTest>): void {
  defineMessageSuite('ledger', options, LEDGER_CASES)
}
