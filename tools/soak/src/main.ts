import { StartedServices } from '../../services/started.js'
import { type Soaked, soak } from './soak.js'
import type { Place } from './stores.js'

const MINUTE = 60_000

function report({ engine, rounds, told, before, after, faults }: Soaked): void {
  process.stdout.write(`${engine}: ${rounds} rounds, ${JSON.stringify(told)}\n`)
  for (const [what, now] of after)
    process.stdout.write(`  ${what.padEnd(32)} ${before.get(what) ?? 0} → ${now}\n`)
  for (const fault of faults) process.stdout.write(`  FAILED ${fault}\n`)
}

/** `--minutes N`: an hour if absent, shared by the stores. */
async function main(args: readonly string[]): Promise<number> {
  const at = args.indexOf('--minutes')
  const minutes = at < 0 ? 60 : Number(args[at + 1])
  if (!(minutes > 0)) {
    process.stderr.write('usage: npm run soak -- [--minutes N]\n')
    return 2
  }
  const services = new StartedServices()
  const places = await placesWith(services)
  let failed = false
  for (const place of places) {
    const soaked = await soak(place, (minutes * MINUTE) / places.length)
    report(soaked)
    failed ||= soaked.faults.length > 0
  }
  for (const line of await services.stop()) process.stdout.write(`${line}\n`)
  return failed ? 1 : 0
}

/** Servers that cannot be had are left out, and told at the end. */
async function placesWith(services: StartedServices): Promise<readonly Place[]> {
  const places: Place[] = [{ engine: 'memory' }, { engine: 'sqlite' }]
  const hasRedis = await services.get('redis').catch(() => null)
  if (hasRedis !== null) places.push({ engine: 'redis' }, { engine: 'redis before sqlite' })
  for (const engine of ['postgres', 'mariadb'] as const) {
    const service = await services.get(engine).catch(() => null)
    if (service !== null) places.push({ engine, url: service.url })
  }
  return places
}

process.exitCode = await main(process.argv.slice(2))
