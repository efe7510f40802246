import { startMariadb } from '../../../tools/services/mariadb.js'
import { startPostgres } from '../../../tools/services/postgres.js'
import { type Service, ServiceMissing } from '../../../tools/services/service.js'
import { CannotRun } from '../cannot-run.js'
import type { Contender, LatencyRatio, OpenBench, OpenLoop, Ratio } from '../contender.js'
import { type DeskContender, deskContender } from '../desk/desk-contender.js'
import type { MixOptions } from '../load/order-mix.js'
import { placeByConditionalUpdate } from '../shop/conditional-update.js'
import { type ShopContender, shopContender } from '../shop/shop-contender.js'
import { placeByTextbook } from '../shop/textbook.js'
import { DatabaseServer, type ServerEngine } from '../sql/database-server.js'

const HOT: MixOptions = { skus: 1, linesPerOrder: 1 }
const TWO_LINES: MixOptions = { skus: 1000, linesPerOrder: 2 }
/** A SKU of which there is not one unit. */
const SOLD_OUT: MixOptions = { skus: 1, linesPerOrder: 1, firstSku: 1 }

/** PostgreSQL and MariaDB with every commit synced, every fact stored. */
const openSqlBench: OpenBench = async () => {
  const [postgres, mariadb] = await started()
  return {
    contenders: [
      ...contendersOn(postgres),
      half(shopOn(postgres, 'conditional update', HOT, placeByConditionalUpdate)),
      ...contendersOn(mariadb),
    ],
    ratios: [...ratiosOf('postgres', [60, 90], [30, 45]), ...ratiosOf('mariadb', [40, 55], [18, 25])],
    latencyRatios: [...latencyRatiosOf('postgres', 3), ...latencyRatiosOf('mariadb', 4)],
    bars: [],
    openLoops: [openLoopOn(postgres), openLoopOn(mariadb)],
    versions: { postgres: postgres.service.version, mariadb: mariadb.service.version },
    close: async () => {
      await Promise.all([postgres.service.stop(), mariadb.service.stop()])
    },
  }
}

export default openSqlBench

async function started(): Promise<readonly [DatabaseServer, DatabaseServer]> {
  const services: Service[] = []
  try {
    services.push(await startPostgres(), await startMariadb())
  } catch (error) {
    for (const service of services) await service.stop()
    throw error instanceof ServiceMissing ? new CannotRun(error.message) : error
  }
  const [postgres, mariadb] = services as [Service, Service]
  return [new DatabaseServer('postgres', postgres), new DatabaseServer('mariadb', mariadb)]
}

function contendersOn(server: DatabaseServer): readonly Contender[] {
  return [
    shopOn(server, 'textbook', HOT, placeByTextbook),
    deskOn(server, 'coalesced', HOT),
    half(deskOn(server, 'coalesced (sold out)', SOLD_OUT, { counts: 'sold-out' })),
    half(shopOn(server, 'textbook (two lines)', TWO_LINES, placeByTextbook)),
    half(deskOn(server, 'coalesced (two lines)', TWO_LINES)),
    half(shopOn(server, 'textbook (one caller)', HOT, placeByTextbook, 1)),
    half(deskOn(server, 'coalesced (one caller)', HOT, { callers: 1 })),
  ]
}

function shopOn(
  server: DatabaseServer,
  name: string,
  mix: MixOptions,
  place: ShopContender['place'],
  callers?: number,
): Contender {
  const { engine } = server
  const connect = () => server.connect()
  return shopContender({ engine, name, mix, place, connect, ...(callers === undefined ? {} : { callers }) })
}

function deskOn(
  server: DatabaseServer,
  name: string,
  mix: MixOptions,
  options: Partial<DeskContender> = {},
): Contender {
  return deskContender({ engine: server.engine, name, mix, open: () => server.openStore(), ...options })
}

/** Half a turn does for figures beside the main ones. */
const half = (contender: Contender): Contender => ({ ...contender, timeShare: 0.5 })

function openLoopOn(server: DatabaseServer): OpenLoop {
  const contender = half(deskOn(server, 'coalesced (open loop)', HOT))
  return { contender, rateOf: { engine: server.engine, name: 'textbook' }, times: 2 }
}

type Bars = readonly [hold: number, aim: number]

function ratiosOf(engine: ServerEngine, ofTextbook: Bars, ofTwoLines: Bars): readonly Ratio[] {
  const ratio = (over: string, under: string, [hold, aim]: Bars | readonly [] = []): Ratio => ({
    over: { engine, name: over },
    under: { engine, name: under },
    ...(hold === undefined || aim === undefined ? {} : { hold, aim }),
  })
  return [
    ratio('coalesced', 'textbook', ofTextbook),
    ...(engine === 'postgres' ? [ratio('coalesced', 'conditional update')] : []),
    ratio('coalesced (sold out)', 'textbook'),
    ratio('coalesced (two lines)', 'textbook (two lines)', ofTwoLines),
    ratio('coalesced (one caller)', 'textbook (one caller)'),
  ]
}

function latencyRatiosOf(engine: ServerEngine, ofSale: number): readonly LatencyRatio[] {
  const latency = (
    [over, at]: readonly [string, LatencyRatio['at']],
    [under, to]: readonly [string, LatencyRatio['to']],
    atMost: number,
  ): LatencyRatio => ({ over: { engine, name: over }, at, under: { engine, name: under }, to, atMost })
  return [
    latency(['coalesced', 'p99ms'], ['textbook', 'p50ms'], ofSale),
    latency(['coalesced (open loop)', 'p99ms'], ['textbook', 'p50ms'], 2),
    latency(['coalesced (one caller)', 'p50ms'], ['textbook (one caller)', 'p50ms'], 1),
  ]
}
