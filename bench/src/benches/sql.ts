import { startMariadb } from '../../../tools/services/mariadb.js'
import { startPostgres } from '../../../tools/services/postgres.js'
import type { LatencyRatio, OpenBench, Ratio } from '../contender.js'
import type { ServerEngine } from '../sql/connect.js'
import { DatabaseServer } from '../sql/database-server.js'
import { serverContenders, serverOpenLoop } from '../sql/server-contenders.js'
import { startedServices } from '../started-services.js'

/** PostgreSQL and MariaDB with every commit synced, every fact stored. */
const openSqlBench: OpenBench = async (options) => {
  const [postgres, mariadb] = await startedServices(startPostgres, startMariadb)
  const servers = [new DatabaseServer('postgres', postgres.url), new DatabaseServer('mariadb', mariadb.url)]
  return {
    contenders: servers.flatMap((server) => serverContenders(server, options)),
    ratios: [...ratiosOf('postgres', BARS.postgres), ...ratiosOf('mariadb', BARS.mariadb)],
    latencyRatios: [...latencyRatiosOf('postgres', 3), ...latencyRatiosOf('mariadb', 4)],
    bars: [],
    openLoops: servers.map(serverOpenLoop),
    versions: { postgres: postgres.version, mariadb: mariadb.version },
    close: async () => {
      await Promise.all([postgres.stop(), mariadb.stop()])
    },
  }
}

export default openSqlBench

/** What must hold, and what is aimed at. */
type Bars = readonly [hold: number, aim: number] | readonly []

interface BarsOfEngine {
  /** Of the coalesced sale over each of these. */
  readonly textbook: Bars
  readonly singleStatement: Bars
  readonly conditionalUpdate: Bars
  readonly limitOverTextbook: Bars
  readonly twoLines: Bars
  readonly million: Bars
}

const BARS: Readonly<Record<ServerEngine, BarsOfEngine>> = {
  postgres: {
    textbook: [60, 90],
    singleStatement: [10, 15],
    conditionalUpdate: [],
    limitOverTextbook: [100, 140],
    twoLines: [30, 45],
    million: [0.85, 0.95],
  },
  mariadb: {
    textbook: [40, 55],
    singleStatement: [],
    conditionalUpdate: [10, 15],
    limitOverTextbook: [80, 120],
    twoLines: [18, 25],
    million: [],
  },
}

function ratiosOf(engine: ServerEngine, bars: BarsOfEngine): readonly Ratio[] {
  const ratio = (over: string, under: string, [hold, aim]: Bars | readonly [number] = []): Ratio => ({
    ...{ over: { engine, name: over }, under: { engine, name: under } },
    ...(hold === undefined ? {} : { hold }),
    ...(aim === undefined ? {} : { aim }),
  })
  return [
    ratio('coalesced', 'textbook', bars.textbook),
    ...(engine === 'postgres' ? [ratio('coalesced', 'single statement', bars.singleStatement)] : []),
    ratio('coalesced', 'conditional update', bars.conditionalUpdate),
    ratio('coalesced', 'limit', [0.55, 0.75]),
    ratio('limit', 'textbook', bars.limitOverTextbook),
    ratio('coalesced (sold out)', 'textbook'),
    ratio('coalesced (two lines)', 'textbook (two lines)', bars.twoLines),
    ratio('coalesced (one caller)', 'textbook (one caller)'),
    ratio('coalesced (million)', 'coalesced', bars.million),
    ratio('coalesced (million, random ids)', 'coalesced'),
    ratio('confirm (million)', 'coalesced (million)', [0.5]),
    ratio('release (million)', 'coalesced (million)', [0.5]),
    ratio('expire (million)', 'coalesced (million)', [0.5]),
    ratio('coalesced (five processes)', 'coalesced', [0.5]),
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
    latency(['coalesced (expiring)', 'p99ms'], ['coalesced', 'p99ms'], 1.5),
  ]
}
