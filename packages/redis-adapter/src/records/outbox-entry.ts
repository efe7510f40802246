import {
  HoldfastError,
  isWhole as isWholeOrder,
  type KeptEvent,
  type LedgerEntry,
  type Movement,
  type ReleaseCause,
  type ReservationEvent,
  type StoreEvent,
} from '@holdfast/core/adapter'
import type { StreamEntry } from '../reading/partition-contents.js'
import type { Words } from '../words.js'
import { Cursor } from './cursor.js'
import { GrantColumns } from './grant-columns.js'
import { LedgerOfBatch } from './ledger-of-batch.js'
import { claimsOf, linesAt, reservationAt, STATUSES } from './reservation-record.js'

/** What happened in one batch: an entry of the stream. */
export interface OutboxEntry {
  readonly events: readonly KeptEvent[]
  readonly ledger: readonly LedgerEntry[]
}

const [EXTENDED, SHRUNK, FILLED, CONFIRMED, RELEASED, EXPIRED, REFUND, GRANTED, TOMBSTONED] = Buffer.from(
  'XKFCREDGT',
) as unknown as number[]
const [RETURNED, SUPPLIED, CONFIGURED, CHANGED, RUN] = Buffer.from('USZAP') as unknown as number[]

/** An entry of a partition's stream. */
export function entryOf(partition: string, entry: StreamEntry, words: Words): OutboxEntry {
  const reader = new EntryReader(entry, words)
  reader.read()
  const position = `${partition}/${entry.id.replace('-', '/')}`
  const events = reader.events.map((event, index) => ({ id: `${position}/${index}`, event }))
  return { events, ledger: reader.ledger.entries }
}

type Granted = Extract<ReservationEvent, { readonly type: 'granted' }>
type Claims = Pick<Granted, 'home' | 'fingerprint' | 'lines' | 'uses' | 'guards' | 'strike' | 'backorder'>
type Head = Pick<ReservationEvent, 'aggregate' | 'id' | 'version' | 'at'>

/** Reads what the scripts noted, in its order. */
class EntryReader {
  readonly events: StoreEvent[] = []
  readonly ledger: LedgerOfBatch
  private readonly at: number
  private readonly cursor: Cursor
  private readonly reserves: GrantColumns | null
  private readonly movements = new Map<number, Movement[]>()

  constructor(
    { at, log, reserves }: StreamEntry,
    private readonly words: Words,
  ) {
    this.at = at
    this.cursor = new Cursor(log)
    this.reserves = reserves === undefined ? null : new GrantColumns(reserves, words)
    this.ledger = new LedgerOfBatch(at)
  }

  read(): void {
    while (!this.cursor.isAtEnd) this.one(this.cursor.byte())
  }

  private one(type: number): void {
    if (type === RUN) this.run()
    else if (type === SUPPLIED) this.supplied()
    else if (type === CONFIGURED) this.configured()
    else if (type === CHANGED) this.changed()
    else if (type === GRANTED || type === TOMBSTONED) this.begun()
    else if (type === SHRUNK) this.shrunk()
    else if (type === CONFIRMED) this.confirmed()
    else this.other(type)
  }

  private tell(event: ReservationEvent): void {
    this.events.push(event)
  }

  private begun(): void {
    const { at } = this
    const id = this.cursor.id()
    const state = reservationAt(this.cursor, this.words)
    const head = { aggregate: 'reservation', id, version: 1, at, home: state.home } as const
    if (state.status === 'tombstoned') {
      const { cause, reason } = state
      this.tell({ ...head, type: 'tombstoned', cause, reason })
    } else if (state.status === 'held' || state.status === 'deferred') {
      const { status, data, expiresAt, maxExpiresAt } = state
      this.granted(id, status, state, { data, expiresAt, maxExpiresAt })
    }
  }

  /** Grants that stand in the columns of their batch. */
  private run(): void {
    const [from, count] = [this.cursor.short(), this.cursor.short()]
    for (const { id, head, texts, data } of this.reserves?.run(from, count) ?? []) {
      const { until: expiresAt, maxExpiresAt } = head
      this.granted(id, 'held', claimsOf(head, texts, this.words), { data, expiresAt, maxExpiresAt })
    }
  }

  private granted(
    id: string,
    status: 'held' | 'deferred',
    { home, fingerprint, lines, uses, guards, strike, backorder }: Claims,
    { data, expiresAt, maxExpiresAt }: Pick<Granted, 'data' | 'expiresAt' | 'maxExpiresAt'>,
  ): void {
    const stock = status === 'held' ? 'taken' : 'deferred'
    // Spelled out, as every order comes by: V8 makes an object that is spread field by field.
    this.tell({
      aggregate: 'reservation',
      id,
      version: 1,
      at: this.at,
      type: 'granted',
      home,
      stock,
      fingerprint,
      lines,
      uses,
      guards,
      strike,
      backorder,
      expiresAt,
      maxExpiresAt,
      data,
    })
    if (stock === 'taken' && !isWholeOrder(id, home)) this.ledger.granted(id, lines)
  }

  private shrunk(): void {
    const { at } = this
    const id = this.cursor.id()
    const state = reservationAt(this.cursor, this.words)
    const before = linesAt(this.cursor)
    if (state.status !== 'held' && state.status !== 'deferred') return
    const { version, lines } = state
    this.tell({ aggregate: 'reservation', id, version, at, type: 'shrunk', lines })
    if (state.status === 'held') this.ledger.shrunk(id, before, lines)
  }

  private confirmed(): void {
    const { at } = this
    const id = this.cursor.id()
    const before = STATUSES[this.cursor.byte()]
    const state = reservationAt(this.cursor, this.words)
    if (state.status !== 'confirmed') return
    const { version, payment, late, lines, uses } = state
    this.tell({ aggregate: 'reservation', id, version, at, type: 'confirmed', payment, late, lines, uses })
    if (before !== null) this.ledger.confirmed(id, before === 'held', lines)
  }

  private other(type: number): void {
    const { at, cursor, words } = this
    const id = cursor.id()
    const head: Head = { aggregate: 'reservation', id, version: cursor.count(), at }
    if (type === EXTENDED) this.tell({ ...head, type: 'extended', expiresAt: cursor.large() })
    else if (type === EXPIRED) {
      this.tell({ ...head, type: 'expired', struck: cursor.byte() === 1 })
      this.ledger.givenBack('expired', id, STATUSES[cursor.byte()], linesAt(cursor), words)
    } else if (type === RELEASED) {
      const cause = cursor.text() as ReleaseCause
      const reason = cursor.optional()
      this.tell({ ...head, type: 'released', cause, reason, struck: cursor.byte() === 1 })
      this.ledger.givenBack('released', id, STATUSES[cursor.byte()], linesAt(cursor), words)
    } else if (type === FILLED) this.filled(head)
    else if (type === REFUND) {
      const state = reservationAt(cursor, words)
      if (state.status === 'refund-required')
        this.tell({ ...head, type: 'refund-required', payment: state.payment, why: state.why })
    } else if (type === RETURNED) this.returned(head)
    else throw new HoldfastError('store-failed', `an entry of the outbox holds an unknown event: ${type}`)
  }

  private filled(head: Head): void {
    const { cursor, words } = this
    const account = words.account(cursor.word())
    const [quantity, owedLeft] = [cursor.count(), cursor.count()]
    this.tell({ ...head, type: 'filled', account, quantity, owedLeft })
    const status = STATUSES[cursor.byte()]
    // An order as a whole moves no units: its pieces do.
    if (status !== null) this.ledger.filled(head.id, account, quantity, status === 'held')
  }

  private returned(head: Head): void {
    const { cursor, words } = this
    const movement = cursor.text()
    const restocked = cursor.byte() === 1
    const usesGivenBack = cursor.byte() === 1
    const isWhole = cursor.byte() === 1
    const lines = cursor.list(cursor.byte(), () => {
      const [number, quantity] = [cursor.word(), cursor.count()]
      const account = number === 0 ? { sku: '', pool: cursor.text() } : words.account(number)
      if (number !== 0 && !isWhole)
        this.moved(number, { movement, cause: 'returned', delta: restocked ? 0 : 0 - quantity })
      return { account, quantity }
    })
    this.tell({ ...head, type: 'returned', movement, lines, restocked, usesGivenBack })
    if (!isWhole) this.ledger.returned(head.id, movement, restocked, lines)
  }

  private supplied(): void {
    const { cursor } = this
    const number = cursor.word()
    const isTaken = cursor.byte() === 1
    const delta = isTaken ? 0 - cursor.large() : cursor.large()
    const [movement, cause] = [cursor.text(), cursor.text()]
    this.moved(number, { movement, cause, delta })
    this.ledger.supplied(this.words.account(number), movement, cause, delta)
  }

  private moved(number: number, movement: Movement): void {
    const known = this.movements.get(number)
    if (known === undefined) this.movements.set(number, [movement])
    else known.push(movement)
  }

  private configured(): void {
    const { at, cursor, words } = this
    const account = words.account(cursor.word())
    const version = cursor.count()
    const [opensAt, closesAt] = [instantAt(cursor), instantAt(cursor)]
    const [backorderLimit, configVersion] = [cursor.large(), cursor.large()]
    const settings = { opensAt, closesAt, backorderLimit, configVersion }
    this.events.push({ aggregate: 'stock-account', account, version, at, type: 'configured', ...settings })
  }

  private changed(): void {
    const { at, cursor, words } = this
    const number = cursor.word()
    const [account, version] = [words.account(number), cursor.count()]
    const [available, reserved, sold] = [cursor.large(), cursor.large(), cursor.large()]
    const [backordered, supplied] = [cursor.large(), cursor.large()]
    const movements = this.movements.get(number) ?? []
    const counters = { available, reserved, sold, backordered, supplied, movements }
    this.events.push({ aggregate: 'stock-account', account, version, at, type: 'changed', ...counters })
  }
}

function instantAt(cursor: Cursor): number | null {
  const told = cursor.large()
  return told === 0 ? null : told - 1
}
