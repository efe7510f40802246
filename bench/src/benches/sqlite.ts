import { join } from 'node:path'
import { v4 as randomId } from 'uuid'
import type { Contender, LatencyRatio, OpenBench, Ratio } from '../contender.js'
import { type DeskContender, deskContender } from '../desk/desk-contender.js'
import { expiringContender } from '../desk/expiring-contender.js'
import { expireContender, settleContender } from '../desk/settle-contender.js'
import type { MixOptions } from '../load/order-mix.js'
import { placeByConditionalUpdate } from '../shop/conditional-update.js'
import { type ShopContender, shopContender } from '../shop/shop-contender.js'
import { placeByTextbook } from '../shop/textbook.js'
import { limitContender } from '../sqlite/limit-contender.js'
import { KeptFile, Template } from '../sqlite/loaded-files.js'
import { connectSqlite, newFile } from '../sqlite/sqlite-file.js'
import { sqliteVersions } from '../sqlite/sqlite-versions.js'

const HOT: MixOptions = { skus: 1, linesPerOrder: 1 }
const TWO_LINES: MixOptions = { skus: 1000, linesPerOrder: 2 }
const THOUSAND = 1_000
const MILLION = 1_000_000
/** Of a million, those that are there to be expired. */
const DUE_OF_MILLION = 300_000
const DUE = 100_000
/** Enough for figures beside the point. */
const HALF = 0.5

/** A file with WAL and synchronous FULL, every fact stored. */
const openSqliteBench: OpenBench = async ({ folder }) => {
  const thousand = new Template(folder, { due: 0, held: THOUSAND, ids: 'minted by the desk' })
  const due = new Template(folder, { due: DUE, held: THOUSAND, ids: 'minted by the desk' })
  const desk = (name: string, options: Partial<DeskContender> = {}) =>
    deskContender({ engine: 'sqlite', name, mix: HOT, open: () => thousand.open(), ...options })
  return {
    contenders: [
      ...yardsticks(folder),
      desk('coalesced'),
      limitContender(thousand, join(folder, 'recorded-batches')),
      desk('coalesced (sold out)', { mix: { skus: 1, linesPerOrder: 1, firstSku: 1 }, counts: 'sold-out' }),
      desk('coalesced (two lines)', { mix: TWO_LINES }),
      desk('coalesced (one caller)', { callers: 1, timeShare: HALF }),
      ...millions(folder),
      expiringContender({
        ...{ engine: 'sqlite', name: 'coalesced (expiring)', mix: HOT, due: DUE },
        open: () => due.open(),
      }),
    ],
    ratios: RATIOS,
    latencyRatios: LATENCY_RATIOS,
    bars: [],
    openLoops: [
      { contender: desk('coalesced (open loop)'), rateOf: { engine: 'sqlite', name: 'textbook' }, times: 2 },
    ],
    versions: sqliteVersions(),
    close: async () => {},
  }
}

export default openSqliteBench

function yardsticks(folder: string): readonly Contender[] {
  const shop = (name: string, place: ShopContender['place'], options: Partial<ShopContender> = {}) =>
    shopContender({
      ...{ engine: 'sqlite', name, mix: HOT, place },
      connect: () => connectSqlite(newFile(folder)),
      ...options,
    })
  return [
    shop('textbook', placeByTextbook),
    shop('conditional update', placeByConditionalUpdate),
    shop('textbook (two lines)', placeByTextbook, { mix: TWO_LINES }),
    shop('textbook (one caller)', placeByTextbook, { callers: 1, timeShare: HALF }),
  ]
}

/** On files with a million orders, which stay from turn to turn and are looked at row by row after the last one. */
function millions(folder: string): readonly Contender[] {
  const load = { due: DUE_OF_MILLION, held: MILLION - DUE_OF_MILLION }
  const million = new KeptFile(folder, { ...load, ids: 'minted by the desk' })
  const random = new KeptFile(folder, { ...load, ids: 'random' })
  const of = (file: KeptFile) => ({
    engine: 'sqlite' as const,
    open: () => file.open(),
    checkAtEnd: () => file.audit(),
  })
  return [
    deskContender({ ...of(million), name: 'coalesced (million)', mix: HOT, audits: false }),
    deskContender({
      ...of(random),
      ...{ name: 'coalesced (million, random ids)', mix: HOT, audits: false, newId: () => randomId() },
    }),
    settleContender({
      ...of(million),
      ...{ name: 'confirm (million)', timeShare: HALF, becomes: 'sold' },
      taker: () => million.taker('first'),
      settle: (desk, orderId) => desk.recordPayment({ orderId, paymentId: `payment-of-${orderId}` }),
    }),
    settleContender({
      ...of(million),
      ...{ name: 'release (million)', timeShare: HALF, becomes: 'available' },
      taker: () => million.taker('last'),
      settle: (desk, orderId) => desk.cancel({ orderId, by: 'buyer' }),
    }),
    expireContender({ ...of(million), name: 'expire (million)', timeShare: HALF }),
  ]
}

const of = (name: string) => ({ engine: 'sqlite' as const, name })
const ratio = (over: string, under: string, hold?: number, aim?: number): Ratio => ({
  over: of(over),
  under: of(under),
  ...(hold === undefined ? {} : { hold }),
  ...(aim === undefined ? {} : { aim }),
})

const RATIOS: readonly Ratio[] = [
  ratio('coalesced', 'textbook', 12, 18),
  ratio('coalesced', 'limit', 0.7, 0.85),
  ratio('coalesced', 'conditional update'),
  ratio('limit', 'textbook'),
  ratio('coalesced (two lines)', 'textbook (two lines)'),
  ratio('coalesced (sold out)', 'textbook'),
  ratio('coalesced (one caller)', 'textbook (one caller)', 1),
  ratio('coalesced (million)', 'coalesced', 0.85, 0.95),
  ratio('coalesced (million, random ids)', 'coalesced'),
  ratio('confirm (million)', 'coalesced (million)', 0.5),
  ratio('release (million)', 'coalesced (million)', 0.5),
  ratio('expire (million)', 'coalesced (million)', 0.5),
]

const LATENCY_RATIOS: readonly LatencyRatio[] = [
  { over: of('coalesced'), at: 'p99ms', under: of('textbook'), to: 'p50ms', atMost: 12 },
  { over: of('coalesced (open loop)'), at: 'p99ms', under: of('textbook'), to: 'p50ms', atMost: 2 },
  {
    over: of('coalesced (one caller)'),
    at: 'p50ms',
    under: of('textbook (one caller)'),
    to: 'p50ms',
    atMost: 1,
  },
  { over: of('coalesced (expiring)'), at: 'p99ms', under: of('coalesced'), to: 'p99ms', atMost: 1.5 },
]
