// What `npm run demo | test | check | bench` call. Works in a bare clone with nothing but Node and npm: installs
// and builds what is missing or stale, then hands over. Standard output belongs to the target alone.
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from './workspace/build.mjs'
import { install } from './workspace/install.mjs'
import { withLock } from './workspace/lock.mjs'
import { complainAboutNode } from './workspace/node-version.mjs'
import { endWithParent } from './workspace/parent.mjs'
import { runTests } from './workspace/tests.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Each target is a TypeScript program that gets the arguments after `--`, but for the tests. */
const programs = {
  demo: 'examples/superstore-replay/src/main.ts',
  sim: 'tools/sim/src/main.ts',
  shop: 'examples/express-checkout/src/main.ts',
  checkout: 'examples/checkout-with-kafka/src/main.ts',
  bench: 'bench/src/main.ts',
  check: 'tools/check/main.ts',
  mutate: 'tools/mutate/main.ts',
  soak: 'tools/soak/src/main.ts',
  faults: 'tools/relay-faults/src/main.ts',
}

const [target = '', ...rest] = process.argv.slice(2)
const complaint = complainAboutNode(process.versions.node)
if (complaint !== null) stop(complaint)
if (target !== 'test' && !Object.hasOwn(programs, target)) {
  stop(`usage: node tools/run.mjs <${['test', ...Object.keys(programs)].join(' | ')}> [arguments]`)
}

process.chdir(root)
if (process.env.npm_lifecycle_event !== undefined) endWithParent()
try {
  await withLock(root, async () => {
    await install(root)
    await build(root)
  })
} catch (error) {
  stop(error instanceof Error ? error.message : String(error))
}
if (target === 'test') process.exitCode = await runTests(root, rest)
else await become(programs[/** @type {keyof typeof programs} */ (target)], rest)

/**
 * Runs a TypeScript program in this very process, so that signals, exit status and standard output need no relay.
 * It meets the packages as a user does, built, in `node_modules`: the source paths of tsconfig.json are left out.
 * @param {string} program @param {string[]} args
 */
async function become(program, args) {
  const path = fileURLToPath(new URL(program, pathToFileURL(root)))
  process.argv = [process.execPath, path, ...args]
  const { register } = await import('tsx/esm/api')
  register({ tsconfig: fileURLToPath(new URL('tsconfig.base.json', pathToFileURL(root))) })
  await import(pathToFileURL(path).href)
}

/** @param {string} message @returns {never} */
function stop(message) {
  process.stderr.write(`holdfast: ${message}\n`)
  process.exit(1)
}
