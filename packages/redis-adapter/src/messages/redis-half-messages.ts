import {
  type CheckBudget,
  type CheckReport,
  type DueCheck,
  type HalfMessage,
  type HalfMessageStatus,
  type HalfMessageStore,
  isSameMessage,
  type PreparedMessage,
} from '@holdfast/core/adapter'
import type { RedisClient } from '../client.js'
import { keysOfHalfMessages } from '../keys.js'
import { checkOptions, type RedisStoreOptions } from '../options.js'
import { fieldsOf } from '../reading/partition-contents.js'
import {
  DECIDE_HALF,
  LIST_HALVES,
  PREPARE_HALF,
  REMOVE_DECIDED,
  REPORT_CHECK,
  RESUME_HALF,
  TAKE_DUE,
} from '../scripts/embedded.js'
import type { Arguments } from '../scripts/script.js'
import { Server, TimedScript } from '../scripts/server.js'
import { halfOf, numberOfStatus, optional, statusOf } from './half-record.js'
import { packMessages } from './packed-message.js'
import { MESSAGES } from './shards.js'

const prepare = new TimedScript(PREPARE_HALF)
const decide = new TimedScript(DECIDE_HALF)
const takeDue = new TimedScript(TAKE_DUE)
const report = new TimedScript(REPORT_CHECK)
const list = new TimedScript(LIST_HALVES)
const resume = new TimedScript(RESUME_HALF)
const removeDecided = new TimedScript(REMOVE_DECIDED)

/** Half messages looked at at once where those of one status are listed. */
const LISTED_AT_ONCE = 1_000

/** Half messages on Redis. One that is committed waits, by the same script, in the shard `messages` of the outbox there. */
export class RedisHalfMessages implements HalfMessageStore {
  private readonly server: Server
  private readonly keys: readonly string[]

  /**
   * On the caller's own client, which the caller closes. Options are those of the outbox.
   *
   * @throws HoldfastError `invalid-argument` with the option's path
   */
  constructor(client: RedisClient, options: Omit<RedisStoreOptions, 'partitions' | 'maxUnrelayed'> = {}) {
    const checked = checkOptions(options)
    this.server = new Server(client, checked)
    this.keys = keysOfHalfMessages(checked.keyPrefix, MESSAGES)
  }

  async prepare({ message, checkAt, checkAfterMs }: PreparedMessage) {
    const told = [message.id, packMessages([message]), optional(checkAt), checkAfterMs]
    const known = await this.change(prepare, ...told, this.server.writesAnyway)
    if (known === null) return { kind: 'prepared' as const, status: 'prepared' as const }
    const [state, packed] = known as [Buffer, Buffer]
    const { half } = halfOf(state, packed)
    const isSame = isSameMessage(half.message, message)
    return { kind: isSame ? ('replayed' as const) : ('id-reused' as const), status: half.status }
  }

  async decide(id: string, decision: 'committed' | 'rolled-back') {
    const told = await this.change(decide, id, numberOfStatus(decision), this.server.writesAnyway)
    if (told === null) return null
    const [status, isNew] = told as [number, number]
    return { status: statusOf(status), isNew: isNew === 1 }
  }

  async read(id: string): Promise<HalfMessage | null> {
    const [found] = await this.listed(`[${id}`, `[${id}`, 1)
    return found ?? null
  }

  async takeDue(limit: number, leaseMs: number): Promise<readonly DueCheck[]> {
    return halvesIn(await this.change(takeDue, limit, leaseMs))
  }

  async report({ half, lease }: DueCheck, told: CheckReport, budget: CheckBudget): Promise<boolean> {
    const { checks, retryAfterMs } = budget
    const taken = await this.change(report, half.message.id, lease, ...answerOf(told), checks, retryAfterMs)
    return taken !== null
  }

  /** In the order of bytes, as all engines sort ids alike. */
  async list({ status, cursor, limit }: Parameters<HalfMessageStore['list']>[0]) {
    const found: HalfMessage[] = []
    const most = status === undefined ? limit + 1 : LISTED_AT_ONCE
    for (let after = cursor, isAll = false; !isAll && found.length <= limit; ) {
      const some = await this.listed(after === null ? '-' : `(${after}`, '+', most)
      found.push(...some.filter((half) => isOf(half, status)))
      after = some.at(-1)?.message.id ?? after
      isAll = some.length < most
    }
    const messages = found.slice(0, limit)
    return { messages, cursor: found.length > limit ? (messages.at(-1)?.message.id ?? null) : null }
  }

  async resume(id: string): Promise<boolean> {
    return (await this.change(resume, id)) !== null
  }

  async removeDecided(retentionMs: number, limit: number): Promise<number> {
    return Number(await this.server.run(removeDecided, this.keys, [retentionMs, limit]))
  }

  private change(script: TimedScript, ...args: Arguments): Promise<unknown> {
    return this.server.runKept(script, this.keys, args)
  }

  private async listed(from: string, to: string, limit: number): Promise<readonly HalfMessage[]> {
    const told = await this.server.run(list, this.keys, [from, to, limit])
    return halvesIn(told).map(({ half }) => half)
  }
}

function halvesIn(told: unknown): readonly DueCheck[] {
  return fieldsOf(told as Buffer[]).map(([state, packed]) => halfOf(state, packed))
}

/** The status that a check's answer makes, or whether it counts; and why it was not decided. */
function answerOf(report: CheckReport): readonly [number | '', string] {
  if (report.kind === 'not-delivered') return ['', optional(report.error)]
  if (report.answer === 'unknown') return [numberOfStatus('prepared'), optional('its sender does not know')]
  return [numberOfStatus(report.answer), '']
}

function isOf(half: HalfMessage, status: HalfMessageStatus | undefined): boolean {
  return status === undefined || half.status === status
}
