import type { AuditReport } from '@holdfast/core'
import { whole } from './figures.js'
import { painted, type Terminal } from './terminal.js'

/** Differences that are told one by one. */
const TOLD = 10

/** What was compared with what, and whether it holds. */
export function auditLines(audit: AuditReport, terminal: Terminal): readonly string[] {
  const verdict = audit.ok
    ? painted('holds', 'green', terminal)
    : painted(`does not hold: ${whole(audit.differences.length)} figures differ`, 'red', terminal)
  return [
    `${painted('Audit', 'bold', terminal)}  ${verdict}`,
    `  ${whole(audit.accountsChecked)} accounts: available + reserved + sold = supplied, as the orders say`,
    `  ${whole(audit.ledgerEntriesChecked)} ledger entries add up to the accounts' counters`,
    `  ${whole(audit.countersChecked)} purchase limits and ${whole(audit.guardsChecked)} guards agree with ${whole(audit.reservationsChecked)} reservations`,
    ...differences(audit),
  ]
}

function differences({ differences }: AuditReport): readonly string[] {
  const told = differences
    .slice(0, TOLD)
    .map(({ of, name, figure, found, expected }) => `  ${of} ${name}: ${figure} is ${found}, not ${expected}`)
  const rest = differences.length - told.length
  return rest === 0 ? told : [...told, `  and ${whole(rest)} more`]
}
