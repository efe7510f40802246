import { createHash } from 'node:crypto'
import type { RedisClient } from '../client.js'

export type Arguments = readonly (string | number | Buffer)[]

/** A Lua script by its digest, sent whole where the server does not know it (any more). */
export class Script {
  private readonly digest: string

  constructor(private readonly text: string) {
    this.digest = createHash('sha1').update(text).digest('hex')
  }

  /** Bulk strings of the reply are buffers. */
  run(client: RedisClient, keys: readonly string[], args: Arguments): Promise<unknown> {
    return this.known((how, script) => client.callBuffer(how, script, keys.length, ...keys, ...args))
  }

  /** The same, and how many replicas have it (and all before it) within `waitMs`. */
  runReplicated(
    client: RedisClient,
    keys: readonly string[],
    args: Arguments,
    { replicas, waitMs }: { readonly replicas: number; readonly waitMs: number },
  ): Promise<{ readonly reply: unknown; readonly replicas: number }> {
    return this.known(async (how, script) => {
      const pipeline = client.pipeline()
      pipeline.callBuffer(how, script, keys.length, ...keys, ...args)
      pipeline.callBuffer('wait', replicas, waitMs)
      const [ran, waited] = (await pipeline.exec()) ?? []
      const error = ran?.[0] ?? waited?.[0]
      if (ran === undefined || waited === undefined || error)
        throw error ?? new Error('the pipeline was lost')
      return { reply: ran[1], replicas: Number(waited[1]) }
    })
  }

  /** Without promises of its own where the script is known: one caller alone waits for each of them. */
  private known<T>(send: (how: 'evalsha' | 'eval', script: string) => Promise<T>): Promise<T> {
    return send('evalsha', this.digest).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      // A script that is not known did nothing.
      return send('eval', this.text)
    })
  }
}
