import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprint, stampMatches, writeStamp } from './fingerprint.mjs'
import { publishedPackages } from './members.mjs'

/**
 * Builds each package whose sources, or those of a package that it needs, changed since its last build.
 * @param {string} root
 */
export async function build(root) {
  /** @type {Map<string, Promise<string>>} folder to its fingerprint, once it is built */
  const built = new Map()
  for (const { folder, name, needs } of publishedPackages(root)) {
    const beneath = Promise.all(needs.map((each) => built.get(each) ?? Promise.resolve('')))
    built.set(
      folder,
      beneath.then((prints) => buildOne(root, folder, name, prints)),
    )
  }
  await Promise.all(built.values())
}

/** @param {string} root @param {string} folder @param {string} name @param {string[]} beneath */
async function buildOne(root, folder, name, beneath) {
  const own = ['src', 'package.json', 'tsup.config.ts', 'tsconfig.build.json'].map(
    (each) => `${folder}/${each}`,
  )
  const wanted = fingerprint(root, [...own, 'tsconfig.base.json', 'tools/build'], beneath)
  const stamp = `build-${folder.replace('/', '-')}`
  const outputs = ['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts'].map((each) =>
    join(root, folder, 'dist', each),
  )
  if (stampMatches(root, stamp, wanted) && outputs.every((each) => existsSync(each))) return wanted
  const started = Date.now()
  await runTsup(join(root, folder), name, join(root, 'node_modules/tsup/dist/cli-default.js'))
  process.stderr.write(`holdfast: built ${name} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
  writeStamp(root, stamp, wanted)
  return wanted
}

/** @param {string} folder @param {string} name @param {string} tsup @returns {Promise<void>} */
function runTsup(folder, name, tsup) {
  // Both of its streams go to our standard error: standard output is the target's.
  const child = spawn(process.execPath, [tsup], { cwd: folder, stdio: ['ignore', 2, 2] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${name} does not build (status ${code})`)),
    )
  })
}
