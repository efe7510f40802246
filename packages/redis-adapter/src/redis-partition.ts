import type { Applied, Command, Page, Query } from '@holdfast/core/adapter'
import { encodeBatch } from './batch/encode-batch.js'
import { outcomeOf } from './batch/outcomes.js'
import { LastShape } from './batch/shapes-of-batch.js'
import type { RedisClient } from './client.js'
import { keysOf, keysToApply, keysToForget, type PartitionKeys } from './keys.js'
import type { CheckedOptions } from './options.js'
import { DumpedContents } from './reading/dumped-contents.js'
import { ListReader } from './reading/list-page.js'
import { LiveContents } from './reading/live-contents.js'
import { NOTHING, type PartitionContents } from './reading/partition-contents.js'
import { readKeys } from './reading/read-keys.js'
import { APPLY, CREATE, FORGET_ENDED } from './scripts/embedded.js'
import { Script } from './scripts/script.js'
import { Server, TimedScript } from './scripts/server.js'
import { Words } from './words.js'

const create = new Script(CREATE)
const apply = new TimedScript(APPLY)
const forgetEnded = new TimedScript(FORGET_ENDED)

/** Ids, and as many movements, that one step looks at: others wait no longer than for a batch. */
const LOOKED_AT = 300
/** Of those, how many are made markers. */
const MARKED = 30

/** One partition on the server: what one script may span. */
export class RedisPartition {
  private readonly keys: PartitionKeys
  private readonly keyList: readonly string[]
  private readonly words: Words
  private readonly lastShape = new LastShape()
  private readonly server: Server

  constructor(
    readonly name: string,
    private readonly client: RedisClient,
    private readonly options: CheckedOptions,
  ) {
    this.keys = keysOf(options.keyPrefix, name)
    this.keyList = keysToApply(this.keys, options.partitions !== null)
    this.words = new Words(client, this.keys.words)
    this.server = new Server(client, options)
  }

  /** Opens it for sale, unless that was done before. Returns its epoch. */
  async create(): Promise<number> {
    return Number(await create.run(this.client, [this.keys.meta], []))
  }

  /** Rejects with `store-failed` (nothing was written) or `unknown`. */
  async apply(epoch: number | null, commands: readonly Command[]): Promise<Applied> {
    const told = [epoch ?? '', this.options.maxUnrelayed, this.server.writesAnyway]
    const reply = await this.server.runKept(apply, this.keyList, [
      ...told,
      ...encodeBatch(commands, this.lastShape),
    ])
    const [now, of, ...answers] = reply as [number, number | null, ...unknown[]]
    if (now < 0 || of === null) return { kind: 'fenced', epoch: of }
    const outcomes = await this.words.read(of, (words) =>
      commands.map((command, index) => outcomeOf(command, answers[index], words)),
    )
    return { kind: 'applied', now, epoch: of, outcomes }
  }

  /** One step of what is to be forgotten. Returns how many ids were. */
  async forgetEnded(): Promise<number> {
    const { options, keys, server } = this
    const names = keysToForget(keys, options.partitions !== null)
    return Number(await server.run(forgetEnded, names, [options.retentionMs, LOOKED_AT, MARKED]))
  }

  read(query: Query): Promise<Page> {
    return this.page(new LiveContents(this.client, this.keys), query)
  }

  async snapshot<T>(work: (read: (query: Query) => Promise<Page>) => Promise<T>): Promise<T> {
    const contents = await DumpedContents.of(this.client, this.keys)
    return work((query) => this.page(contents, query))
  }

  private async page(contents: PartitionContents, query: Query): Promise<Page> {
    const { clock } = this.options
    const told = clock === null ? {} : { now: clock.now() }
    if (query.kind === 'keys')
      return { ...EMPTY_PAGE, ...(await readKeys(contents, this.words, query)), ...told }
    const { now, epoch } = await contents.found(NOTHING)
    const listed = await new ListReader(this.name, contents, this.words, epoch).page(query)
    return { ...EMPTY_PAGE, now, ...listed, ...told }
  }
}

const EMPTY_PAGE = {
  accounts: [],
  reservations: [],
  counters: [],
  guards: [],
  strikes: [],
  events: [],
  ledger: [],
  cursor: null,
}
