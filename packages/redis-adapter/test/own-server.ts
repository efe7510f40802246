import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis, type RedisOptions } from 'ioredis'
import { freePort } from '../../../tools/services/free-port.js'
import { ofRedis, type RedisSettings, runRedis } from '../../../tools/services/redis.js'

/** A server of one test's own, to be killed, stopped and started again. */
export class OwnServer {
  private readonly data = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
  private readonly clients: Redis[] = []
  private server: Awaited<ReturnType<typeof runRedis>> | null = null
  private pid = 0
  private isHung = false

  private constructor(
    readonly port: number,
    private readonly settings: RedisSettings,
  ) {}

  static canRun(): boolean {
    return ofRedis.hasBinaries()
  }

  static async start(settings: RedisSettings = { appendonly: 'no' }): Promise<OwnServer> {
    const server = new OwnServer(await freePort(), settings)
    await server.run()
    return server
  }

  /** A connection that comes back by itself when the server does. */
  connect(options: RedisOptions = {}): Redis {
    const client = new Redis({ port: this.port, retryStrategy: () => 20, ...options })
    this.clients.push(client.on('error', () => {}))
    return client
  }

  /**
   * Starts it on the data of before.
   *
   * @param more settings of this run
   * @param until it `answers` with what it holds, or is `loading` it
   */
  async run(more: RedisSettings = {}, until: 'answers' | 'loading' = 'answers'): Promise<void> {
    const { port, data } = this
    const settings = { ...this.settings, ...more }
    const isLoading = { answers: () => this.loads() }
    const running = { port, data, settings, stopSignal: 'SIGKILL' } as const
    this.server = await runRedis(until === 'loading' ? { ...running, ...isLoading } : running)
    if (until === 'loading') return
    const client = this.connect()
    this.pid = Number(/^process_id:(\d+)/m.exec(await client.info('server'))?.[1])
    client.disconnect()
  }

  /** SIGKILL: it has no time for anything. */
  async kill(): Promise<void> {
    await this.server?.stop()
    this.server = null
  }

  /** Stops in the middle of everything, its connections open. */
  hang(): void {
    process.kill(this.pid, 'SIGSTOP')
    this.isHung = true
  }

  goOn(): void {
    process.kill(this.pid, 'SIGCONT')
    this.isHung = false
  }

  /** Rejects as long as it does not say that it is loading. */
  private async loads(): Promise<string> {
    const client = new Redis({ port: this.port, enableReadyCheck: false, retryStrategy: () => null })
    try {
      const told = await client.on('error', () => {}).info('persistence')
      if (/^loading:1/m.test(told)) return 'loading'
      throw new Error('it has loaded already')
    } finally {
      client.disconnect()
    }
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.disconnect()
    if (this.isHung) this.goOn()
    await this.kill()
    rmSync(this.data, { recursive: true })
  }
}

/** How often the server ran each command since it was started, or since `CONFIG RESETSTAT`. */
export async function commandsRun(redis: Redis): Promise<ReadonlyMap<string, number>> {
  const told = await redis.info('commandstats')
  return new Map(
    [...told.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name = '', calls]) => [name, Number(calls)]),
  )
}
