import { isSameMessage } from '../../messages/same-message.js'
import type {
  CheckBudget,
  CheckReport,
  DueCheck,
  HalfMessage,
  HalfMessageStatus,
  HalfMessageStore,
  PreparedMessage,
} from '../../port/half-message-store.js'
import type { OutboxWriter } from '../../port/outbox.js'
import { machineClock, type StoreClock } from '../clock.js'
import { inTransaction, type MemoryTransaction } from './transaction.js'

interface Kept {
  half: HalfMessage
  lease: number
  leasedUntil: number
}

export interface MemoryHalfMessagesOptions {
  readonly clock?: StoreClock | undefined
  /** Where committed messages wait to be sent. */
  readonly outbox: OutboxWriter<MemoryTransaction>
}

/** Half messages in a map. */
export class MemoryHalfMessages implements HalfMessageStore {
  private readonly clock: StoreClock
  private readonly outbox: OutboxWriter<MemoryTransaction>
  private readonly kept = new Map<string, Kept>()
  private leases = 0

  constructor({ clock = machineClock(), outbox }: MemoryHalfMessagesOptions) {
    this.clock = clock
    this.outbox = outbox
  }

  async prepare({ message, checkAt, checkAfterMs }: PreparedMessage) {
    const found = this.kept.get(message.id)?.half
    if (found !== undefined) {
      const kind = isSameMessage(found.message, message) ? ('replayed' as const) : ('id-reused' as const)
      return { kind, status: found.status }
    }
    const now = this.clock.now()
    const half: HalfMessage = {
      message,
      status: 'prepared',
      checkAt,
      checks: 0,
      preparedAt: now,
      nextCheckAt: now + checkAfterMs,
      decidedAt: null,
      lastError: null,
    }
    this.kept.set(message.id, { half, lease: 0, leasedUntil: 0 })
    return { kind: 'prepared' as const, status: half.status }
  }

  async decide(id: string, decision: 'committed' | 'rolled-back') {
    const one = this.kept.get(id)
    if (one === undefined) return null
    if (isDecided(one.half.status)) return { status: one.half.status, isNew: false }
    one.half = { ...one.half, status: decision, decidedAt: this.clock.now(), nextCheckAt: null }
    if (decision === 'committed') {
      const { message } = one.half
      await inTransaction((transaction) => this.outbox.write(transaction, [message]))
    }
    return { status: decision, isNew: true }
  }

  async read(id: string): Promise<HalfMessage | null> {
    return this.kept.get(id)?.half ?? null
  }

  async takeDue(limit: number, leaseMs: number): Promise<readonly DueCheck[]> {
    const now = this.clock.now()
    const due = [...this.kept.values()]
      .filter(
        ({ half: { nextCheckAt }, leasedUntil }) =>
          nextCheckAt !== null && nextCheckAt <= now && leasedUntil <= now,
      )
      .sort((one, other) => Number(one.half.nextCheckAt) - Number(other.half.nextCheckAt))
      .slice(0, limit)
    return due.map((one) => {
      one.lease = ++this.leases
      one.leasedUntil = now + leaseMs
      return { half: one.half, lease: one.lease }
    })
  }

  async report({ half: { message }, lease }: DueCheck, report: CheckReport, budget: CheckBudget) {
    const one = this.kept.get(message.id)
    if (one === undefined || one.lease !== lease || one.half.status !== 'prepared') return false
    one.leasedUntil = 0
    if (report.kind === 'answered' && report.answer !== 'unknown') {
      await this.decide(message.id, report.answer)
      return true
    }
    const isDelivered = report.kind === 'answered'
    const checks = one.half.checks + (isDelivered ? 1 : 0)
    const lastError = isDelivered ? 'its sender does not know' : report.error
    const next = { ...one.half, checks, lastError }
    one.half =
      isDelivered && checks >= budget.checks
        ? { ...next, status: 'parked', nextCheckAt: null }
        : { ...next, nextCheckAt: this.clock.now() + budget.retryAfterMs }
    return true
  }

  async list({ status, cursor, limit }: Parameters<HalfMessageStore['list']>[0]) {
    const found = [...this.kept.values()]
      .map(({ half }) => half)
      .filter((half) => (status === undefined || half.status === status) && half.message.id > (cursor ?? ''))
      .sort((one, other) => (one.message.id < other.message.id ? -1 : 1))
    const messages = found.slice(0, limit)
    return { messages, cursor: found.length > limit ? (messages.at(-1)?.message.id ?? null) : null }
  }

  async resume(id: string): Promise<boolean> {
    const one = this.kept.get(id)
    if (one?.half.status !== 'parked') return false
    one.half = { ...one.half, status: 'prepared', checks: 0, nextCheckAt: this.clock.now() }
    return true
  }

  async removeDecided(retentionMs: number, limit: number): Promise<number> {
    const before = this.clock.now() - retentionMs
    const old = [...this.kept].filter(
      ([
        ,
        {
          half: { decidedAt },
        },
      ]) => decidedAt !== null && decidedAt < before,
    )
    for (const [id] of old.slice(0, limit)) this.kept.delete(id)
    return Math.min(limit, old.length)
  }
}

function isDecided(status: HalfMessageStatus): boolean {
  return status === 'committed' || status === 'rolled-back'
}
