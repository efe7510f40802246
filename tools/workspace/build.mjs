import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint, stampMatches, writeStamp } from './fingerprint.mjs'
import { publishedPackages } from './members.mjs'

/** @typedef {ReturnType<typeof publishedPackages>[number]} Package */

/**
 * Builds each package whose sources, or those of a package that it needs, changed since its last build.
 * @param {string} root
 */
export async function build(root) {
  /** @type {Map<string, Promise<string>>} folder to its fingerprint, once it is built */
  const built = new Map()
  for (const each of publishedPackages(root)) {
    const beneath = Promise.all(each.needs.map((folder) => built.get(folder) ?? ''))
    built.set(
      each.folder,
      beneath.then((prints) => buildOne(root, each, prints)),
    )
  }
  await Promise.all(built.values())
}

/** @param {string} root @param {Package} what @param {string[]} beneath fingerprints of the packages it needs */
async function buildOne(root, { folder, name, entries }, beneath) {
  const own = ['src', 'package.json', 'tsup.config.ts', 'tsconfig.build.json']
  const inputs = [...own.map((each) => `${folder}/${each}`), 'tsconfig.base.json', 'tools/build']
  const wanted = fingerprint(root, inputs, beneath)
  const stamp = `build-${folder.replace('/', '-')}`
  const outputs = entries.flatMap((entry) => ['js', 'cjs', 'd.ts', 'd.cts'].map((end) => `${entry}.${end}`))
  const isThere = outputs.every((file) => existsSync(join(root, folder, 'dist', file)))
  if (isThere && stampMatches(root, stamp, wanted)) return wanted
  const started = Date.now()
  await runTsup(root, folder, name)
  process.stderr.write(`holdfast: built ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
  writeStamp(root, stamp, wanted)
  return wanted
}

/** @param {string} root @param {string} folder @param {string} name @returns {Promise<void>} */
function runTsup(root, folder, name) {
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js')
  // Both of its streams go to our standard error: standard output is the target's.
  const child = spawn(process.execPath, [tsup], { cwd: join(root, folder), stdio: ['ignore', 2, 2] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${name} does not build (status ${code})`)),
    )
  })
}
