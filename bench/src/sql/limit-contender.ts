import { join } from 'node:path'
import { OrderDesk } from '@holdfast/core'
import type { BenchOptions, Contender, Stand } from '../contender.js'
import { checkAudit, unitsHeld } from '../desk/desk-laws.js'
import { POLICY } from '../desk/shop-desk.js'
import { mustEqual } from '../law-broken.js'
import { openPlace } from '../stored/place.js'
import { RECORDED_ORDERS } from '../stored/recorded-sale.js'
import type { Database } from './database-server.js'
import type { DatabaseTemplate } from './database-template.js'
import { openConnection, type RawConnection } from './raw-connection.js'
import { type RecordedBatch, readBatches, recordBatches } from './recorded-batches.js'

/** As many as the desk has on their way. */
const IN_FLIGHT = 2
/** Batches that a warm-up makes at most; the measured time gets the rest. */
const WARM_UP = 60

/**
 * Holdfast's own batches without Holdfast: the statements that it made for distinct orders are made again, straight on
 * the driver, with the arguments ready. What they leave must pass Holdfast's own audit.
 */
export function limitContender(template: DatabaseTemplate, { folder, scale }: BenchOptions): Contender {
  const recordingPath = join(folder, `recorded-batches-${template.engine}`)
  let recording: Promise<void> | null = null
  const open = async (): Promise<Stand> => {
    recording ??= recordBatches(template, recordingPath, RECORDED_ORDERS * scale)
    await recording
    const batches = await readBatches(recordingPath)
    const { database, loaded } = await template.copy()
    return new Replay(database, loaded.due + loaded.held, batches).begin()
  }
  return { engine: template.engine, name: 'limit', unit: 'orders/s', open }
}

/** One turn of the limit. */
class Replay {
  private readonly free: RawConnection[] = []
  private made = 0
  private granted = 0
  private until: number

  constructor(
    private readonly database: Database,
    private readonly stored: number,
    private readonly batches: readonly RecordedBatch[],
  ) {
    // A short recording is not used up before anything is measured.
    this.until = Math.min(WARM_UP, Math.floor(batches.length / 4))
  }

  async begin(): Promise<Stand> {
    for (let made = 0; made < IN_FLIGHT; made++) this.free.push(await openConnection(this.database))
    return {
      callers: IN_FLIGHT,
      latency: false,
      call: () => this.call(),
      warm: async () => {
        this.until = this.batches.length
      },
      checkLaws: () => this.check(),
      close: async () => {
        await Promise.all(this.free.map((connection) => connection.close()))
      },
    }
  }

  /** The next batch; `null`: they are all made. */
  private async call(): Promise<number | null> {
    const batch = this.made < this.until ? this.batches[this.made] : undefined
    const connection = batch === undefined ? undefined : this.free.pop()
    if (batch === undefined || connection === undefined) return null
    this.made += 1
    for (const call of batch.calls) await connection.call(call)
    this.free.push(connection)
    this.granted += batch.granted
    return batch.granted
  }

  private async check(): Promise<void> {
    const { store, close } = await openPlace(this.database)
    const desk = new OrderDesk({ store, policy: POLICY })
    try {
      mustEqual('units reserved', (await unitsHeld(desk)).reserved, this.stored + this.granted)
      mustEqual('reservations', await checkAudit(desk), this.stored + this.granted)
    } finally {
      await desk.close()
      await close()
    }
  }
}
