import { OrderDesk } from '@holdfast/core'
import { SqlStore } from '@holdfast/sql-adapter'
import Database from 'better-sqlite3'
import type { Contender, Stand } from '../contender.js'
import { checkAudit, unitsHeld } from '../desk/desk-laws.js'
import { POLICY } from '../desk/shop-desk.js'
import { mustEqual } from '../law-broken.js'
import { type Recording, readRecording, recordBatches } from './recorded-batches.js'
import type { RecordedCall, RecordedStatement } from './recorder.js'
import { removeFile } from './sqlite-file.js'
import type { Template } from './template.js'

/**
 * Holdfast's own batches without Holdfast: the statements that it made for distinct orders are made again, straight on
 * the driver, with the arguments ready. What they leave must pass Holdfast's own audit.
 */
export function limitContender(template: Template, recordingPath: string): Contender {
  let recording: Promise<void> | null = null
  const open = async (): Promise<Stand> => {
    recording ??= recordBatches(template, recordingPath)
    await recording
    return new Replay(template, await readRecording(recordingPath)).begin()
  }
  return { engine: 'sqlite', name: 'limit', unit: 'orders/s', open }
}

type Ask = (...parameters: readonly unknown[]) => unknown

/** One turn of the limit. */
class Replay {
  private file: ReplayedFile | null = null
  /** When all batches are written, a new file takes them again; those before are full. */
  private readonly full: ReplayedFile[] = []

  constructor(
    private readonly template: Template,
    private readonly recording: Recording,
  ) {}

  async begin(): Promise<Stand> {
    this.file = await this.next()
    return {
      callers: 1,
      latency: false,
      call: () => this.call(),
      checkLaws: async () => {
        for (const file of [...this.full, this.file]) await file?.check()
      },
      close: async () => {
        for (const file of [...this.full, this.file]) await file?.remove()
      },
    }
  }

  private async call(): Promise<number> {
    const granted = this.file?.replay(this.recording) ?? null
    if (granted !== null) return granted
    if (this.file !== null) this.full.push(this.file)
    this.file = await this.next()
    return 0
  }

  private async next(): Promise<ReplayedFile> {
    const { path, loaded } = await this.template.copy()
    return new ReplayedFile(path, loaded.due + loaded.held, this.recording)
  }
}

class ReplayedFile {
  private readonly connection: Database.Database
  /** By the number of their statement. */
  private readonly asks: Readonly<Record<RecordedCall['method'], Ask>>[] = []
  private batches = 0
  private granted = 0

  constructor(
    private readonly path: string,
    private readonly stored: number,
    { statements, opening, batches }: Recording,
  ) {
    this.connection = new Database(path)
    for (const { statement } of opening) this.connection.exec(statements[statement]?.sql ?? '')
    const used = new Set(batches.flatMap(({ calls }) => calls.map(({ statement }) => statement)))
    for (const number of used) this.asks[number] = asked(this.connection, statements[number])
  }

  /** Makes the next batch again; `null`: they are all made. */
  replay({ batches }: Recording): number | null {
    const batch = batches[this.batches]
    if (batch === undefined) return null
    for (const { statement, method, parameters } of batch.calls) this.asks[statement]?.[method](...parameters)
    this.batches += 1
    this.granted += batch.granted
    return batch.granted
  }

  async check(): Promise<void> {
    const desk = new OrderDesk({ store: await SqlStore.open(this.path), policy: POLICY })
    try {
      mustEqual('units reserved', (await unitsHeld(desk)).reserved, this.stored + this.granted)
      mustEqual('reservations', await checkAudit(desk), this.stored + this.granted)
    } finally {
      await desk.close()
    }
  }

  async remove(): Promise<void> {
    this.connection.close()
    await removeFile(this.path)
  }
}

function asked(connection: Database.Database, recorded: RecordedStatement | undefined) {
  const statement = connection.prepare(recorded?.sql ?? '')
  if (recorded?.raw) statement.raw(true)
  if (recorded?.safeIntegers != null) statement.safeIntegers(recorded.safeIntegers)
  return {
    run: statement.run.bind(statement),
    get: statement.get.bind(statement),
    all: statement.all.bind(statement),
  }
}
