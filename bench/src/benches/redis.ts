import { startPostgres } from '../../../tools/services/postgres.js'
import { startRedis, startRedisAof } from '../../../tools/services/redis.js'
import { startRedisReplicated } from '../../../tools/services/redis-several.js'
import { chain, chainWithLeases } from '../chain/chain-contender.js'
import { CARRIED, ChainOpenLoops, NOT_CARRIED } from '../chain/chain-open-loop.js'
import type { Contender, LatencyRatio, OpenBench, Ratio } from '../contender.js'
import { afternoon, bareDecrement, bareDecrementAlone } from '../redis/bare-contender.js'
import { coalesced } from '../redis/coalesced-contender.js'
import { limit } from '../redis/limit-contender.js'
import { memoryFigures } from '../redis/memory-figures.js'
import { millionStored } from '../redis/million-contender.js'
import { oneCall } from '../redis/one-call-contender.js'
import { RedisServer } from '../redis/redis-server.js'
import { DatabaseServer } from '../sql/database-server.js'
import { coalescedOn } from '../sql/server-contenders.js'
import { startedServices } from '../started-services.js'

/** One hot SKU on Redis: in memory, with every write synced, with one replica waited for. */
const openRedisBench: OpenBench = async ({ scale }) => {
  const services = await startedServices(
    ...[startRedis, startRedisAof, startRedisReplicated, startRedis, startPostgres],
  )
  const [memory, aof, replicated, kept] = services.map(({ url }) => new RedisServer(url)) as Servers
  const ledger = new DatabaseServer('postgres', services[4]?.url ?? '')
  const chainLoops = new ChainOpenLoops(memory, ledger)
  return {
    contenders: [
      bareDecrement(memory),
      half(afternoon(memory)),
      oneCall(memory, 'one call'),
      coalesced(memory, 'coalesced'),
      limit(memory),
      coalesced(memory, 'coalesced (sold out)', {}, { counts: 'sold-out' }),
      half(oneCall(memory, 'one call (thousand callers)', { callers: 1_000 })),
      half(bareDecrementAlone(memory)),
      half(coalesced(memory, 'coalesced (one caller)', {}, { callers: 1 })),
      half(oneCall(aof, 'one call (aof)')),
      half(coalesced(aof, 'coalesced (aof)', { durability: 'aof' })),
      half(oneCall(replicated, 'one call (replicas)', { replicas: 1 })),
      half(coalesced(replicated, 'coalesced (replicas)', { durability: { replicas: 1 } })),
      half(millionStored(kept, scale)),
      chain(memory, ledger),
      chainWithLeases(memory, ledger),
      coalescedOn(ledger),
    ],
    ratios: RATIOS,
    latencyRatios: LATENCY_RATIOS,
    bars: [],
    openLoops: chainLoops.loops,
    figures: async () => [...(await memoryFigures(memory, scale)), chainLoops.backlog()],
    versions: { redis: services[0]?.version ?? '', postgres: services[4]?.version ?? '' },
    close: async () => {
      await Promise.all(services.map((service) => service.stop()))
    },
  }
}

export default openRedisBench

type Servers = [RedisServer, RedisServer, RedisServer, RedisServer]

const half = (contender: Contender): Contender => ({ ...contender, timeShare: 0.5 })

function ratio(over: string, under: string, hold?: number, aim?: number): Ratio {
  const bars = { ...(hold === undefined ? {} : { hold }), ...(aim === undefined ? {} : { aim }) }
  return { over: { engine: 'redis', name: over }, under: { engine: 'redis', name: under }, ...bars }
}

const RATIOS: readonly Ratio[] = [
  ratio('coalesced', 'bare decrement', 0.75, 0.95),
  ratio('coalesced', 'afternoon'),
  ratio('coalesced', 'one call', 2.5, 3.5),
  ratio('coalesced', 'limit', 0.8, 0.9),
  ratio('coalesced (sold out)', 'bare decrement', 1.2, 1.5),
  ratio('coalesced (aof)', 'one call (aof)', 3, 4),
  ratio('coalesced (replicas)', 'one call (replicas)', 6, 8),
  ratio('coalesced (million)', 'coalesced', 0.9, 0.95),
  {
    over: { engine: 'redis-postgres', name: 'chain' },
    under: { engine: 'postgres', name: 'coalesced' },
    ...{ hold: 0.5, aim: 0.8 },
  },
  {
    over: { engine: 'redis-postgres', name: 'chain (leases)' },
    under: { engine: 'redis-postgres', name: 'chain' },
    ...{ hold: 0.8, aim: 0.95 },
  },
]

function latency(over: string, under: string, at: 'p50ms' | 'p99ms', atMost: number): LatencyRatio {
  return {
    over: { engine: 'redis', name: over },
    at,
    under: { engine: 'redis', name: under },
    to: at,
    atMost,
  }
}

const LATENCY_RATIOS: readonly LatencyRatio[] = [
  latency('coalesced', 'one call (thousand callers)', 'p99ms', 1),
  latency('coalesced (one caller)', 'bare decrement (one caller)', 'p50ms', 1.5),
  { over: CARRIED, at: 'p99ms', under: NOT_CARRIED, to: 'p99ms', atMost: 1.3 },
]
