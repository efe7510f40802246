import { type AuditReport, OrderDesk } from '@holdfast/core'
import { POLICY } from '../desk/shop-desk.js'
import { type Load, type Loaded, loadOrders } from './loaded-orders.js'
import { openPlace, type Place } from './place.js'

/** What is done between measurements; it takes long for a million orders. */
export type PlaceWork =
  | { readonly kind: 'load'; readonly place: Place; readonly load: Load }
  | { readonly kind: 'audit'; readonly place: Place }

export interface PlaceWorkResults {
  readonly load: Loaded
  readonly audit: AuditReport
}

export async function workOnPlace(work: PlaceWork): Promise<PlaceWorkResults[PlaceWork['kind']]> {
  if (work.kind === 'load') return loadOrders(work.place, work.load)
  const { store, close } = await openPlace(work.place)
  const desk = new OrderDesk({ store, policy: POLICY })
  try {
    const report = await desk.audit()
    return { ...report, differences: report.differences.slice(0, DIFFERENCES_TOLD) }
  } finally {
    await desk.close()
    await close()
  }
}

const DIFFERENCES_TOLD = 10
