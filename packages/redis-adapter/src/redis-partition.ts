import type { Applied, Command, Page, Query } from '@holdfast/core/adapter'
import { type EncodedBatch, encodeBatch } from './batch/encode-batch.js'
import { outcomeOf } from './batch/outcomes.js'
import type { RedisClient } from './client.js'
import { failureOf, tooFewReplicas } from './failures.js'
import { keysOf, keysToApply, type PartitionKeys } from './keys.js'
import type { CheckedOptions } from './options.js'
import { DumpedContents } from './reading/dumped-contents.js'
import { ListReader } from './reading/list-page.js'
import { LiveContents } from './reading/live-contents.js'
import { NOTHING, type PartitionContents } from './reading/partition-contents.js'
import { readKeys } from './reading/read-keys.js'
import { APPLY, APPLY_AT, CREATE } from './scripts/embedded.js'
import { Script } from './scripts/script.js'
import { Words } from './words.js'

/** How long a batch waits for its replicas, ms. */
const REPLICAS_WAIT_MS = 1_000

const create = new Script(CREATE)
const apply = new Script(APPLY)
const applyAt = new Script(APPLY_AT)

/** One partition on the server: what one script may span. */
export class RedisPartition {
  private readonly keys: PartitionKeys
  private readonly keyList: readonly string[]
  private readonly words: Words

  constructor(
    readonly name: string,
    private readonly client: RedisClient,
    private readonly options: CheckedOptions,
  ) {
    this.keys = keysOf(options.keyPrefix, name)
    this.keyList = keysToApply(this.keys, options.partitions !== null)
    this.words = new Words(client, this.keys.words)
  }

  /** Opens it for sale, unless that was done before. Returns its epoch. */
  async create(): Promise<number> {
    return Number(await create.run(this.client, [this.keys.meta], []))
  }

  /** Rejects with `store-failed` (nothing was written) or `unknown`. */
  async apply(epoch: number | null, commands: readonly Command[]): Promise<Applied> {
    const reply = await this.send(epoch, encodeBatch(commands)).catch((error: unknown) => {
      throw failureOf(error)
    })
    const [now, of, ...answers] = reply as [number, number | null, ...unknown[]]
    if (now < 0 || of === null) return { kind: 'fenced', epoch: of }
    const outcomes = await this.words.read(of, (words) =>
      commands.map((command, index) => outcomeOf(command, answers[index], words)),
    )
    return { kind: 'applied', now, epoch: of, outcomes }
  }

  private async send(epoch: number | null, batch: EncodedBatch): Promise<unknown> {
    const { maxUnrelayed, clock, durability } = this.options
    const script = clock === null ? apply : applyAt
    const isReplicated = typeof durability === 'object'
    const told = [epoch ?? '', maxUnrelayed, isReplicated ? 1 : 0]
    const args = [...told, ...batch, ...(clock === null ? [] : [clock.now()])]
    if (!isReplicated) return script.run(this.client, this.keyList, args)
    const wanted = { replicas: durability.replicas, waitMs: REPLICAS_WAIT_MS }
    const { reply, replicas } = await script.runReplicated(this.client, this.keyList, args, wanted)
    if (replicas < wanted.replicas) throw tooFewReplicas(replicas, wanted.replicas)
    return reply
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
