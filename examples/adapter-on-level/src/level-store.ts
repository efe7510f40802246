import * as core from '@holdfast/core/adapter'
import { ClassicLevel } from 'classic-level'
import { LevelBatch } from './level-batch.js'
import { pageOf } from './page.js'
import type { Level } from './tables.js'

const ABLE = { backorder: true, returns: true, durable: true, rows: false, corrections: true } as const
type Read = (query: core.Query) => Promise<core.Page>

/** Reservations in LevelDB: one process, one partition; what was answered is on disk. It forgets nothing. */
export class LevelStore implements core.ReservationStore {
  readonly capabilities: core.Capabilities
  readonly partitionsOf = () => ['main']
  readonly partitions = async () => ['main']
  readonly read = (main: string, query: core.Query) => this.snapshot(main, (read) => read(query))
  private readonly level: Level
  /** The batch before, done or failed: they are decided one after another. */
  private last: Promise<unknown> = Promise.resolve()

  /** @param clock one that the caller moves (tests); the machine's if absent */
  constructor(
    folder: string,
    private readonly clock: core.StoreClock = Date,
  ) {
    const time = clock === Date ? 'store' : 'virtual'
    this.capabilities = { ...ABLE, partitions: 'one', idScope: 'store', clock: time }
    this.level = new ClassicLevel(folder)
  }

  apply(_partition: string, epoch: number | null, commands: readonly core.Command[]): Promise<core.Applied> {
    const applied = this.last.then(() => this.decide(epoch, commands))
    this.last = applied.catch(() => {})
    return applied
  }

  private async decide(expected: number | null, commands: readonly core.Command[]): Promise<core.Applied> {
    const batch = new LevelBatch(this.level)
    await batch.load('numbers', ['epoch', 'sequence', 'place'])
    const [now, epoch] = [this.clock.now(), batch.get('numbers', 'epoch') ?? 1]
    if (expected !== null && expected !== epoch) return { kind: 'fenced', epoch }
    await batch.prepare(commands, now)
    const { outcomes, events } = new core.BatchRunner(batch, batch.accounts).run(commands, now)
    batch.tell(events, epoch)
    await batch.commit()
    return { kind: 'applied', now, epoch, outcomes }
  }

  async snapshot<T>(_partition: string, work: (read: Read) => Promise<T>): Promise<T> {
    await this.level.open()
    const snapshot = this.level.snapshot()
    try {
      return await work((query) => pageOf(this.level, { snapshot }, query, this.clock.now()))
    } finally {
      await snapshot.close()
    }
  }

  async close(): Promise<void> {
    await this.last
    await this.level.close()
  }
}
