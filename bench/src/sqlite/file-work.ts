import { type AuditReport, OrderDesk } from '@holdfast/core'
import { SqlStore } from '@holdfast/sql-adapter'
import { POLICY } from '../desk/shop-desk.js'
import { type Load, type Loaded, loadFile } from './loaded-file.js'

/** What is done with files between measurements; it takes long for a million orders. */
export type FileWork =
  | { readonly kind: 'load'; readonly path: string; readonly load: Load }
  | { readonly kind: 'audit'; readonly path: string }

export interface FileWorkResults {
  readonly load: Loaded
  readonly audit: AuditReport
}

export async function workOnFile(work: FileWork): Promise<FileWorkResults[FileWork['kind']]> {
  if (work.kind === 'load') return loadFile(work.path, work.load)
  const desk = new OrderDesk({ store: await SqlStore.open(work.path), policy: POLICY })
  try {
    const report = await desk.audit()
    return { ...report, differences: report.differences.slice(0, DIFFERENCES_TOLD) }
  } finally {
    await desk.close()
  }
}

const DIFFERENCES_TOLD = 10
