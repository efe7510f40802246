import type { AuditReport, OrderDesk } from '@holdfast/core'
import { LawBroken, mustEqual } from '../law-broken.js'

/** What all accounts of a desk hold. */
export interface UnitsHeld {
  readonly available: number
  readonly reserved: number
  readonly sold: number
  readonly supplied: number
}

/** Everything that the desk's accounts hold, added up. */
export async function unitsHeld(desk: OrderDesk): Promise<UnitsHeld> {
  const sum = { available: 0, reserved: 0, sold: 0, supplied: 0 }
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await desk.accounts({ limit: 1000, cursor })
    for (const account of page.accounts) {
      for (const figure of FIGURES) sum[figure] += account[figure]
    }
    cursor = page.cursor
  }
  return sum
}

const FIGURES = ['available', 'reserved', 'sold', 'supplied'] as const

/** What a turn changed in the accounts, as the answers to its calls told it. */
export interface Told {
  readonly reserved: number
  readonly sold: number
}

/** The counters moved by what was answered, and no unit was lost or made. */
export function checkUnits(before: UnitsHeld, after: UnitsHeld, told: Told): void {
  mustEqual('units supplied', after.supplied, before.supplied)
  mustEqual('units reserved', after.reserved - before.reserved, told.reserved)
  mustEqual('units sold', after.sold - before.sold, told.sold)
  mustEqual('units in all', after.available + after.reserved + after.sold, after.supplied)
}

/** Every account, counter and guard against the reservations and the ledger; answers how many reservations there are. */
export async function checkAudit(desk: OrderDesk): Promise<number> {
  return checkReport(await desk.audit())
}

export function checkReport({ ok, differences, reservationsChecked }: AuditReport): number {
  const [first] = differences
  if (first !== undefined) {
    const { of, name, figure, found, expected } = first
    throw new LawBroken(`audit: ${of} ${name}, ${figure}: found ${found}, due ${expected}`)
  }
  if (!ok) throw new LawBroken('audit: not ok')
  return reservationsChecked
}
