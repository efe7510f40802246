import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../../../tools/services/free-port.js'
import { ofRedis, runRedis, SYNCED } from '../../../tools/services/redis.js'

/** A server of the tests' own, which syncs every write and is killed between two commands. */
export class RestartedServers {
  private readonly data = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
  private server: Awaited<ReturnType<typeof runRedis>> | null = null
  private port = 0
  private redis: Redis | null = null

  static canRun(): boolean {
    return ofRedis.hasBinaries()
  }

  /** Keys of a store's own on it. */
  async next() {
    if (this.server === null) {
      this.port = await freePort()
      await this.run()
    }
    return { prefix: `${randomUUID()}:`, connect: () => this.connect(), restart: () => this.restart() }
  }

  async stop(): Promise<void> {
    this.redis?.disconnect()
    await this.server?.stop()
    rmSync(this.data, { recursive: true })
  }

  private connect(): Redis {
    this.redis ??= new Redis(this.port)
    return this.redis
  }

  private async restart(): Promise<void> {
    this.redis?.disconnect()
    this.redis = null
    await this.server?.stop()
    await this.run()
  }

  private async run(): Promise<void> {
    const { port, data } = this
    this.server = await runRedis({ port, data, settings: SYNCED, stopSignal: 'SIGKILL' })
  }
}
