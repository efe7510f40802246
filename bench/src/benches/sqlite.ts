import { join } from 'node:path'
import type { Contender, LatencyRatio, OpenBench, Ratio } from '../contender.js'
import { type DeskContender, deskContender } from '../desk/desk-contender.js'
import { expiringContender } from '../desk/expiring-contender.js'
import type { MixOptions } from '../load/order-mix.js'
import { placeByConditionalUpdate } from '../shop/conditional-update.js'
import { type ShopContender, shopContender } from '../shop/shop-contender.js'
import { placeByTextbook } from '../shop/textbook.js'
import { limitContender } from '../sqlite/limit-contender.js'
import { connectSqlite, newFile } from '../sqlite/sqlite-file.js'
import { sqliteVersions } from '../sqlite/sqlite-versions.js'
import { Template } from '../sqlite/template.js'
import type { IdKind } from '../stored/ids.js'
import { KeptOrders } from '../stored/kept-orders.js'
import { millionContenders, millionOf } from '../stored/million-contenders.js'

const HOT: MixOptions = { skus: 1, linesPerOrder: 1 }
const TWO_LINES: MixOptions = { skus: 1000, linesPerOrder: 2 }
/** A SKU of which there is not one unit. */
const SOLD_OUT: MixOptions = { skus: 1, linesPerOrder: 1, firstSku: 1 }
const MINTED = { ids: 'minted by the desk' } as const
const THOUSAND = 1_000
const DUE = 100_000

/** A file with WAL and synchronous FULL, every fact stored. */
const openSqliteBench: OpenBench = async ({ folder, scale }) => {
  const thousand = new Template(folder, { due: 0, held: THOUSAND, ...MINTED })
  const shop = shopsOn(folder)
  const desk = (name: string, mix: MixOptions, options: Partial<DeskContender> = {}) =>
    deskContender({ engine: 'sqlite', name, mix, open: () => thousand.open(), ...options })
  return {
    contenders: [
      shop('textbook', HOT, placeByTextbook),
      half(shop('conditional update', HOT, placeByConditionalUpdate)),
      desk('coalesced', HOT),
      limitContender(thousand, join(folder, 'recorded-batches')),
      half(desk('coalesced (sold out)', SOLD_OUT, { counts: 'sold-out' })),
      half(shop('textbook (two lines)', TWO_LINES, placeByTextbook)),
      half(desk('coalesced (two lines)', TWO_LINES)),
      brief(shop('textbook (one caller)', HOT, placeByTextbook, 1)),
      brief(desk('coalesced (one caller)', HOT, { callers: 1 })),
      ...ofMillions(folder, scale),
      whileExpiring(folder, scale),
    ],
    ratios: RATIOS,
    latencyRatios: LATENCY_RATIOS,
    bars: [],
    openLoops: [{ contender: half(desk('coalesced (open loop)', HOT)), rateOf: of('textbook'), times: 2 }],
    versions: sqliteVersions(),
    close: async () => {},
  }
}

export default openSqliteBench

/** Half a turn does for figures beside the main ones, and less for those whose turns take long to prepare. */
const half = (contender: Contender): Contender => ({ ...contender, timeShare: 0.5 })
const brief = (contender: Contender): Contender => ({ ...contender, timeShare: 0.25, mostRounds: 3 })

function shopsOn(folder: string) {
  return (name: string, mix: MixOptions, place: ShopContender['place'], callers?: number): Contender =>
    shopContender({
      ...{ engine: 'sqlite', name, mix, place, connect: () => connectSqlite(newFile(folder)) },
      ...(callers === undefined ? {} : { callers }),
    })
}

/** On two files with a million orders each. */
function ofMillions(folder: string, scale: number): readonly Contender[] {
  const on = (ids: IdKind) =>
    new KeptOrders(async () => ({ kind: 'file', path: newFile(folder) }), millionOf(ids, scale))
  return millionContenders('sqlite', { minted: on('minted by the desk'), random: on('random') })
}

/** The worker takes up its due holds when the sale is warm. */
function whileExpiring(folder: string, scale: number): Contender {
  const due = new Template(folder, { due: DUE * scale, held: THOUSAND, ...MINTED })
  const name = 'coalesced (expiring)'
  const contender = expiringContender({
    ...{ engine: 'sqlite', name, mix: HOT, due: DUE * scale },
    open: () => due.open(),
  })
  return { ...contender, mostRounds: 3 }
}

function of(name: string) {
  return { engine: 'sqlite', name } as const
}

function ratio(over: string, under: string, hold?: number, aim?: number): Ratio {
  const bars = { ...(hold === undefined ? {} : { hold }), ...(aim === undefined ? {} : { aim }) }
  return { over: of(over), under: of(under), ...bars }
}

const RATIOS: readonly Ratio[] = [
  ratio('coalesced', 'textbook', 12, 18),
  ratio('coalesced', 'limit', 0.7, 0.85),
  ratio('coalesced', 'conditional update'),
  ratio('limit', 'textbook'),
  ratio('coalesced (sold out)', 'textbook'),
  ratio('coalesced (two lines)', 'textbook (two lines)'),
  ratio('coalesced (one caller)', 'textbook (one caller)'),
  ratio('coalesced (million)', 'coalesced', 0.85, 0.95),
  ratio('coalesced (million, random ids)', 'coalesced'),
  ratio('confirm (million)', 'coalesced (million)', 0.5),
  ratio('release (million)', 'coalesced (million)', 0.5),
  ratio('expire (million)', 'coalesced (million)', 0.5),
]

const LATENCY_RATIOS: readonly LatencyRatio[] = [
  latencyRatio(['coalesced', 'p99ms'], ['textbook', 'p50ms'], 12),
  latencyRatio(['coalesced (open loop)', 'p99ms'], ['textbook', 'p50ms'], 2),
  latencyRatio(['coalesced (one caller)', 'p50ms'], ['textbook (one caller)', 'p50ms'], 1),
  latencyRatio(['coalesced (expiring)', 'p99ms'], ['coalesced', 'p99ms'], 1.5),
]

type Percentile = readonly [name: string, at: LatencyRatio['at']]

function latencyRatio([over, at]: Percentile, [under, to]: Percentile, atMost: number): LatencyRatio {
  return { over: of(over), at, under: of(under), to, atMost }
}
