import { type Contents, HoldfastError, type Rebuilding } from '@holdfast/core/adapter'
import type { RedisClient } from '../client.js'
import { keysOf, keysToEmpty, keysToLoad } from '../keys.js'
import type { CheckedOptions } from '../options.js'
import { BEGIN_REBUILD, LOAD, OPEN_REBUILT } from '../scripts/embedded.js'
import { Script } from '../scripts/script.js'
import { Server, TimedScript } from '../scripts/server.js'
import { encodeContents } from './encode-contents.js'

const begin = new Script(BEGIN_REBUILD)
const load = new TimedScript(LOAD)
const open = new TimedScript(OPEN_REBUILT)

/** Entries of a kind that one script puts: others wait no longer than for a batch. */
const MOST = 50

/** Partitions on the server, given their contents anew. */
export class RedisRebuilding implements Rebuilding {
  private readonly server: Server

  constructor(
    client: RedisClient,
    private readonly options: CheckedOptions,
  ) {
    this.server = new Server(client, options)
  }

  async begin(partition: string, epoch: number): Promise<void> {
    const keys = keysToEmpty(this.options.keyPrefix, partition)
    answered(partition, epoch, await this.server.runUntimed(begin, keys, [epoch]))
  }

  async load(partition: string, epoch: number, part: Contents): Promise<void> {
    const { keyPrefix, partitions } = this.options
    const keys = keysToLoad(keysOf(keyPrefix, partition), partitions !== null)
    for (const some of partsOf(part))
      answered(partition, epoch, await this.server.run(load, keys, [epoch, ...encodeContents(some)]))
  }

  async open(partition: string, epoch: number, at: number): Promise<void> {
    const { meta } = keysOf(this.options.keyPrefix, partition)
    answered(partition, epoch, await this.server.runKept(open, [meta], [epoch, at]))
  }
}

/** At most so many entries of each kind. */
function* partsOf(part: Contents): Iterable<Contents> {
  const lists = Object.entries(part) as [string, readonly unknown[]][]
  const longest = Math.max(...lists.map(([, { length }]) => length))
  for (let from = 0; from < longest; from += MOST)
    yield Object.fromEntries(
      lists.map(([kind, list]) => [kind, list.slice(from, from + MOST)]),
    ) as unknown as Contents
}

function answered(partition: string, epoch: number, answer: unknown): void {
  if (answer === null)
    throw new HoldfastError('fenced', `partition ${partition}: a rebuild under epoch ${epoch} is over`)
}
