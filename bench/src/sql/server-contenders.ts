import type { BenchOptions, Contender, OpenLoop } from '../contender.js'
import { type DeskContender, deskContender } from '../desk/desk-contender.js'
import { expiringContender } from '../desk/expiring-contender.js'
import type { MixOptions } from '../load/order-mix.js'
import { fiveProcesses, lastUnits } from '../processes/processes-contenders.js'
import { placeByConditionalUpdate } from '../shop/conditional-update.js'
import { type ShopContender, shopContender } from '../shop/shop-contender.js'
import { placeInOneStatement } from '../shop/single-statement.js'
import { placeByTextbook } from '../shop/textbook.js'
import type { IdKind } from '../stored/ids.js'
import { KeptOrders } from '../stored/kept-orders.js'
import { millionContenders, millionOf } from '../stored/million-contenders.js'
import type { DatabaseServer } from './database-server.js'
import { DatabaseTemplate } from './database-template.js'
import { limitContender } from './limit-contender.js'

const HOT: MixOptions = { skus: 1, linesPerOrder: 1 }
const TWO_LINES: MixOptions = { skus: 1000, linesPerOrder: 2 }
/** A SKU of which there is not one unit. */
const SOLD_OUT: MixOptions = { skus: 1, linesPerOrder: 1, firstSku: 1 }
const MINTED = { ids: 'minted by the desk' } as const
const THOUSAND = 1_000
const DUE = 100_000

/** Everything that is measured on one server. */
export function serverContenders(server: DatabaseServer, options: BenchOptions): readonly Contender[] {
  const { engine } = server
  const { scale } = options
  const thousand = thousandOn(server)
  const desk = (name: string, mix: MixOptions, more: Partial<DeskContender> = {}) =>
    deskContender({ engine, name, mix, open: () => thousand.open(), ...more })
  const newPlace = () => server.databaseOfTurn()
  return [
    ...shops(server),
    desk('coalesced', HOT),
    limitContender(thousand, options),
    half(desk('coalesced (sold out)', SOLD_OUT, { counts: 'sold-out' })),
    half(desk('coalesced (two lines)', TWO_LINES)),
    brief(desk('coalesced (one caller)', HOT, { callers: 1 })),
    half(fiveProcesses({ engine, newPlace })),
    brief(lastUnits({ engine, newPlace })),
    ...ofMillions(server, scale),
    whileExpiring(server, scale),
  ]
}

/** Holdfast by itself, for whom it stands beside another. */
export function coalescedOn(server: DatabaseServer): Contender {
  const thousand = thousandOn(server)
  return deskContender({ engine: server.engine, name: 'coalesced', mix: HOT, open: () => thousand.open() })
}

/** Holdfast under twice as many arrivals as the textbook serves. */
export function serverOpenLoop(server: DatabaseServer): OpenLoop {
  const { engine } = server
  const thousand = thousandOn(server)
  const name = 'coalesced (open loop)'
  const contender = half(deskContender({ engine, name, mix: HOT, open: () => thousand.open() }))
  return { contender, rateOf: { engine, name: 'textbook' }, times: 2 }
}

function thousandOn(server: DatabaseServer): DatabaseTemplate {
  return new DatabaseTemplate(server, { due: 0, held: THOUSAND, ...MINTED })
}

/** Half a turn does for figures beside the main ones, and less for those whose turns take long to prepare. */
const half = (contender: Contender): Contender => ({ ...contender, timeShare: 0.5 })
const brief = (contender: Contender): Contender => ({ ...contender, timeShare: 0.25, mostRounds: 3 })

/** Without Holdfast, and the statements that a shop could write. */
function shops(server: DatabaseServer): readonly Contender[] {
  const { engine } = server
  const shop = (name: string, mix: MixOptions, place: ShopContender['place'], callers = 10): Contender =>
    shopContender({ engine, name, mix, place, callers, connect: () => server.connect() })
  const conditional = shopContender({
    ...{ engine, name: 'conditional update', mix: HOT, place: placeByConditionalUpdate },
    // Rows affected must not count those that a conditional upsert left as they were.
    connect: () => server.connect({ flags: '-FOUND_ROWS' }),
  })
  return [
    shop('textbook', HOT, placeByTextbook),
    half(conditional),
    ...(engine === 'postgres' ? [half(shop('single statement', HOT, placeInOneStatement))] : []),
    half(shop('textbook (two lines)', TWO_LINES, placeByTextbook)),
    brief(shop('textbook (one caller)', HOT, placeByTextbook, 1)),
  ]
}

/** In two databases with a million orders each. */
function ofMillions(server: DatabaseServer, scale: number): readonly Contender[] {
  const on = (ids: IdKind) => new KeptOrders(() => server.newDatabase(), millionOf(ids, scale))
  return millionContenders(server.engine, { minted: on('minted by the desk'), random: on('random') })
}

/** The worker takes up its due holds when the sale is warm. */
function whileExpiring(server: DatabaseServer, scale: number): Contender {
  const { engine } = server
  const due = new DatabaseTemplate(server, { due: DUE * scale, held: THOUSAND, ...MINTED })
  const name = 'coalesced (expiring)'
  const contender = expiringContender({
    ...{ engine, name, mix: HOT, due: DUE * scale },
    open: () => due.open(),
  })
  return { ...contender, mostRounds: 3 }
}
