import { brokersOf } from '../../services/kafka.js'
import { StartedServices } from '../../services/started.js'
import { relayMany } from './many.js'
import { newPlace } from './place.js'
import { rollingRestart } from './rolling-restart.js'

const say = (line: string) => void process.stdout.write(`${line}\n`)

/** What can be broken at length, by name; answers whether all held. */
const FAULTS: Readonly<Record<string, () => Promise<boolean>>> = {
  async 'rolling-restart'() {
    const { ours, isConclusive } = await rollingRestart({ atLeast: 6, atMost: 12 }, say)
    if (!isConclusive) say('inconclusive: the bare client lost nothing this time')
    return ours.lost === 0 && ours.disordered === 0
  },
  async 'many-relays'() {
    const services = new StartedServices()
    const [postgres, kafka] = [await services.get('postgres'), await services.get('kafka')]
    try {
      const place = await newPlace(postgres.url, brokersOf(kafka.url))
      const many = {
        keys: 1_000,
        versions: 100,
        relays: 4,
        consumers: 3,
        killEvery: 2_000,
        chance: Math.random,
      }
      const { arrived, handled, kills } = await relayMany(place, many)
      say(JSON.stringify({ kills, arrived, handled }))
      const isAll = arrived.written === 100_000 && handled.written === 100_000 && kills > 0
      const amiss = arrived.missing + arrived.parked + arrived.strangers + arrived.disordered
      return isAll && amiss === 0 && handled.missing + handled.repeated + handled.disordered === 0
    } finally {
      for (const line of await services.stop()) say(line)
    }
  },
}

const [name = ''] = process.argv.slice(2)
const fault = FAULTS[name]
if (fault === undefined) {
  process.stderr.write(`usage: npm run faults -- <${Object.keys(FAULTS).join(' | ')}>\n`)
  process.exitCode = 2
} else {
  const held = await fault()
  say(held ? `${name}: held` : `${name}: FAILED`)
  process.exitCode = held ? 0 : 1
}
