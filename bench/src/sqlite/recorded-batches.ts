import { readFile, writeFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import { OrderDesk } from '@holdfast/core'
import { SqlStore } from '@holdfast/sql-adapter'
import { POLICY } from '../desk/shop-desk.js'
import { mustEqual } from '../law-broken.js'
import { RECORDED_ORDERS, sellToRecord } from '../stored/recorded-sale.js'
import { type RecordedCall, type RecordedStatement, Recorder } from './recorder.js'
import type { Template } from './template.js'

/** One transaction of Holdfast's: its statements' calls, from the begin to the commit, and what it granted. */
export interface RecordedBatch {
  readonly calls: readonly RecordedCall[]
  readonly granted: number
}

export interface Recording {
  readonly statements: readonly RecordedStatement[]
  /** What was asked of the connection when it was opened. */
  readonly opening: readonly RecordedCall[]
  readonly batches: readonly RecordedBatch[]
}

/** Sells to distinct buyers through the desk, on a copy of the template, and writes down all that reaches SQLite. */
export async function recordBatches(template: Template, path: string): Promise<void> {
  const recorder = new Recorder()
  const granted: number[] = []
  const { path: copy, loaded } = await template.copy()
  const recording = await recorder.during(async (): Promise<Recording> => {
    const store = await SqlStore.open(copy)
    const opening = recorder.take().filter(({ statement }) => isPragma(recorder.statements[statement]))
    countGrants(store, granted)
    const desk = new OrderDesk({ store, policy: POLICY })
    await desk.accounts()
    recorder.take()
    await sellToRecord(desk, loaded.nextBuyer)
    const batches = cut(recorder, granted)
    await desk.close()
    return { statements: recorder.statements, opening, batches }
  })
  mustEqual('orders recorded', sum(recording.batches.map((batch) => batch.granted)), RECORDED_ORDERS)
  await writeFile(path, serialize(recording))
}

export async function readRecording(path: string): Promise<Recording> {
  return deserialize(await readFile(path)) as Recording
}

/** One connection carries one batch after the other, so that both lists are in one order. */
function cut(recorder: Recorder, granted: readonly number[]): readonly RecordedBatch[] {
  const batches: RecordedBatch[] = []
  let calls: RecordedCall[] = []
  for (const call of recorder.take()) {
    calls.push(call)
    if (!isCommit(recorder.statements[call.statement])) continue
    batches.push({ calls, granted: granted[batches.length] ?? 0 })
    calls = []
  }
  mustEqual('transactions recorded', batches.length, granted.length)
  return batches
}

function countGrants(store: SqlStore, granted: number[]): void {
  const apply = store.apply.bind(store)
  store.apply = async (...batch) => {
    const applied = await apply(...batch)
    if (applied.kind === 'applied')
      granted.push(applied.outcomes.filter(({ kind }) => kind === 'granted').length)
    return applied
  }
}

function isPragma(statement: RecordedStatement | undefined): boolean {
  return /^pragma /i.test(statement?.sql ?? '')
}

function isCommit(statement: RecordedStatement | undefined): boolean {
  return /^commit$/i.test(statement?.sql ?? '')
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0)
}
