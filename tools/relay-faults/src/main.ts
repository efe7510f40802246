import { rollingRestart } from './rolling-restart.js'

const say = (line: string) => void process.stdout.write(`${line}\n`)

/** What can be broken at length, by name; answers whether all held. */
const FAULTS: Readonly<Record<string, () => Promise<boolean>>> = {
  async 'rolling-restart'() {
    const { ours, isConclusive } = await rollingRestart({ atLeast: 6, atMost: 12 }, say)
    if (!isConclusive) say('inconclusive: the bare client lost nothing this time')
    return ours.lost === 0 && ours.disordered === 0
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
