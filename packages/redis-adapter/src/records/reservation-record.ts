import type {
  AccountKey,
  GrantedLine,
  GrantedUse,
  KnownReservation,
  RefundCause,
  ReleaseCause,
  StrikeTarget,
} from '@holdfast/core/adapter'
import type { Words } from '../words.js'
import { Cursor } from './cursor.js'

/** Statuses by the numbers that stand for them. */
export const STATUSES = [
  ...([
    null,
    'held',
    'deferred',
    'confirmed',
    'released',
    'expired',
    'refund-required',
    'tombstoned',
  ] as const),
]

/** From here on, the first byte tells that only a marker is left of an order: what became of it is the ledger's to tell. */
const MARKED = 128

export function isMarker(record: Buffer): boolean {
  return (record[0] ?? 0) >= MARKED
}

/** A reservation of its packed record: `lua/includes/reservation-record.lua` writes it. */
export function reservationOf(record: Buffer, words: Words): KnownReservation {
  return reservationAt(new Cursor(record), words)
}

/** The same where other things follow it: a record tells its own end. */
export function reservationAt(cursor: Cursor, words: Words): KnownReservation {
  return reservationOfHead(headAt(cursor, words), cursor, words)
}

/** What alike orders have in common, whenever they are placed. */
export type PackedClaims = ReturnType<typeof packedClaimsAt>

/** What alike orders of a batch have in common. */
export type ReservationHead = ReturnType<typeof headAt>

/** `cursor` stands behind it afterwards. */
export function headAt(cursor: Cursor, words: Words) {
  const status = STATUSES[cursor.byte()]
  const version = cursor.count()
  const reservedAt = cursor.large()
  const until = cursor.large()
  const word = cursor.word()
  const claims = word === 0 ? packedClaimsAt(cursor) : words.claims(word)
  const { longest, ...others } = claims
  return { status, version, reservedAt, until, maxExpiresAt: reservedAt + longest, ...others }
}

export function packedClaimsAt(cursor: Cursor) {
  const longest = cursor.large()
  const flags = cursor.byte()
  const linesDigest = cursor.text()
  const [home, buyer] = [cursor.byte(), cursor.byte()]
  const lines = linesAt(cursor)
  const uses = usesAt(cursor)
  const guards = namesAt(cursor)
  const strike = (flags & 4) === 0 ? null : { ...nameAt(cursor), strikeMs: cursor.large() }
  const textCount = cursor.short()
  return { longest, flags, linesDigest, home, buyer, lines, uses, guards, strike, textCount }
}

/** `cursor`: its texts, its data, and how it ended. */
function reservationOfHead(head: ReservationHead, cursor: Cursor, words: Words): KnownReservation {
  const { status, version, reservedAt, until, maxExpiresAt, flags } = head
  const texts = textsAt(head, cursor)
  const data = cursor.optional()
  const home = texts[head.home] ?? ''
  if (status === 'tombstoned') return { status, version, home, ...causeAt(cursor), endedAt: until }
  const claims = { ...claimsOf(head, texts, words), data, reservedAt }
  switch (status) {
    case 'held':
    case 'deferred':
      return { status, ...claims, expiresAt: until, maxExpiresAt }
    case 'confirmed':
      return { status, ...claims, payment: cursor.text(), late: (flags & 2) !== 0, endedAt: until }
    case 'released':
      return { status, ...claims, ...causeAt(cursor), payment: cursor.optional(), endedAt: until }
    case 'refund-required': {
      const payment = cursor.text()
      return { status, ...claims, payment, why: whyOf(cursor, texts, words), endedAt: until }
    }
    default:
      return { status: 'expired', ...claims, endedAt: until }
  }
}

export function textsAt({ textCount }: ReservationHead, cursor: Cursor): readonly string[] {
  return cursor.list(textCount, () => cursor.text())
}

export function claimsOf(head: ReservationHead, texts: Texts, words: Words) {
  const { version, flags, linesDigest, home, buyer, lines, uses, guards, strike } = head
  return {
    version,
    home: texts[home] ?? '',
    fingerprint: { buyer: texts[buyer] ?? '', lines: linesDigest },
    lines: lines.map((line) => toldLine(line, texts, words)),
    uses: uses.map((use) => toldUse(use, texts, words)),
    guards: guards.map((guard) => toldName(guard, texts, words)),
    strike: strike && toldStrike(strike, texts, words),
    backorder: (flags & 1) !== 0,
  }
}

interface PackedLine {
  readonly account: number
  readonly quantity: number
  readonly owed: number
  readonly returned: number
  readonly place: number
}

interface PackedName {
  readonly root: number
  readonly subject: number
}

interface PackedUse extends PackedName {
  readonly max: number
  readonly quantity: number
  readonly lines: readonly number[]
  readonly prior: readonly PackedName[]
}

export function linesAt(cursor: Cursor): readonly PackedLine[] {
  return cursor.list(cursor.byte(), () => {
    const [account, quantity] = [cursor.word(), cursor.count()]
    const [owed, returned] = [cursor.count(), cursor.count()]
    return { account, quantity, owed, returned, place: account === 0 ? cursor.byte() : 0 }
  })
}

function usesAt(cursor: Cursor): readonly PackedUse[] {
  return cursor.list(cursor.short(), () => {
    const name = nameAt(cursor)
    const [max, quantity] = [cursor.large(), cursor.large()]
    const lines = cursor.list(cursor.byte(), () => cursor.byte())
    return { ...name, max, quantity, lines, prior: namesAt(cursor) }
  })
}

function namesAt(cursor: Cursor): readonly PackedName[] {
  return cursor.list(cursor.short(), () => nameAt(cursor))
}

function nameAt(cursor: Cursor): PackedName {
  return { root: cursor.word(), subject: cursor.short() }
}

function causeAt(cursor: Cursor): { readonly cause: ReleaseCause; readonly reason: string | null } {
  return { cause: cursor.text() as ReleaseCause, reason: cursor.optional() }
}

type Texts = readonly string[]

/** The account of a line; where its units lie elsewhere, the name that stands for it. */
function accountOfLine({ account, place }: PackedLine, texts: Texts, words: Words): AccountKey {
  return account === 0 ? { sku: '', pool: texts[place] ?? '' } : words.account(account)
}

function toldLine(line: PackedLine, texts: Texts, words: Words): GrantedLine {
  const { quantity, owed, returned } = line
  return { account: accountOfLine(line, texts, words), quantity, owed, returned }
}

function toldName({ root, subject }: PackedName, texts: Texts, words: Words): string {
  return words.root(root) + (texts[subject] ?? '')
}

function toldUse(use: PackedUse, texts: Texts, words: Words): GrantedUse {
  const { max, quantity, lines, prior } = use
  const names = prior.map((name) => toldName(name, texts, words))
  return { counter: toldName(use, texts, words), prior: names, quantity, max, lines }
}

function toldStrike(
  strike: PackedName & { readonly strikeMs: number },
  texts: Texts,
  words: Words,
): StrikeTarget {
  return { strikes: toldName(strike, texts, words), strikeMs: strike.strikeMs }
}

/** Why a payment was refused, as `lua/includes/settle.lua` packs it behind its length. */
function whyOf(cursor: Cursor, texts: Texts, words: Words): RefundCause {
  const why = new Cursor(cursor.slice(cursor.short()))
  switch (why.byte()) {
    case 0:
      return { kind: 'released' }
    case 1: {
      const use = why.short()
      const counter = toldName(nameAt(why), texts, words)
      const [max, used, requested] = [why.large(), why.large(), why.large()]
      return { kind: 'purchase-limit', use, counter, max, used, requested }
    }
    default: {
      const short = why.list(why.byte(), () => {
        const account = words.account(why.word())
        const [requested, available] = [why.count(), why.large()]
        return { account, requested, available }
      })
      return { kind: 'insufficient-stock', short }
    }
  }
}
