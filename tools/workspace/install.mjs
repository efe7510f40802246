import { spawn, spawnSync } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fingerprint, isStamped, stampMatches, writeStamp } from './fingerprint.mjs'
import { members } from './members.mjs'

/** The one place that names it; nothing else may install, so that the lockfile has one author. */
export const pnpm = 'pnpm@12.21.0'

/**
 * Installs the workspace when its manifests, its lockfile or this Node changed since the last time, and again when
 * better-sqlite3 could not be built then but now has what it needs.
 * @param {string} root
 */
export async function install(root) {
  const manifests = ['package.json', ...members(root).map((folder) => `${folder}/package.json`)]
  const wanted = fingerprint(root, ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests])
  const before = machine(root)
  const isThere = existsSync(join(root, 'node_modules/.modules.yaml'))
  if (isThere && stampMatches(root, 'install', wanted) && stampMatches(root, 'machine', before)) return
  // pnpm keeps what is there, and with it a binary that this Node cannot load.
  if (isStamped(root, 'machine') && !stampMatches(root, 'machine', before)) forget(root)
  await runPnpm(root)
  const after = machine(root)
  writeStamp(root, 'machine', after)
  writeStamp(root, 'install', wanted)
  if (after.includes('no sqlite')) {
    process.stderr.write(
      'holdfast: better-sqlite3 could not be built (it needs Python 3, make and a C++ compiler); all but SQLite works\n',
    )
  }
}

/**
 * What decides, beside the manifests, whether the installed better-sqlite3 serves: it is compiled for one Node.
 * @param {string} root
 */
function machine(root) {
  const node = [process.platform, process.arch, process.versions.modules]
  const sqlite = canOpenSqlite(root) ? 'sqlite' : `no sqlite, compiler ${hasCompiler() ? 'found' : 'missing'}`
  return [...node, sqlite].join(' ')
}

/** @param {string} root */
function forget(root) {
  for (const each of ['.pnpm', '.modules.yaml']) {
    rmSync(join(root, 'node_modules', each), { recursive: true, force: true })
  }
}

function hasCompiler() {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const isFound = (/** @type {string} */ program) =>
    folders.some((folder) => existsSync(join(folder, program)))
  return ['python3', 'make', 'c++'].every(isFound)
}

/** @param {string} root @returns {Promise<void>} */
function runPnpm(root) {
  const started = Date.now()
  const logPath = 'node_modules/.holdfast/install.log'
  mkdirSync(join(root, 'node_modules/.holdfast'), { recursive: true })
  const log = createWriteStream(join(root, logPath))
  const first = existsSync(join(root, 'node_modules/.modules.yaml'))
    ? ''
    : '; better-sqlite3 is compiled, which takes a minute or two'
  process.stderr.write(`holdfast: installing${first}\n`)
  const child = spawn('npx', ['--yes', pnpm, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: root,
    // CI: pnpm must never ask a question. Log level: `npm run --silent` would silence pnpm's errors as well. Jobs: the
    // compiler may use every core.
    env: { ...process.env, CI: 'true', npm_config_loglevel: 'error', npm_config_jobs: 'max' },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`)
      if (worthSeeing(line)) process.stderr.write(`${line}\n`)
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      log.end()
      if (code !== 0)
        return reject(new Error(`the install failed (status ${code}); all it said is in ${logPath}`))
      process.stderr.write(`holdfast: installed in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
      resolve()
    })
  })
}

/** The compiler's hundreds of lines and pnpm's inventory stay in the log. @param {string} line */
function worthSeeing(line) {
  return !/node_modules\/\S+ (?:install|postinstall)|^(?:[+-]|devDep|optionalDep| {2}|$)/.test(line)
}

/** Asked of a new process: this one remembers what it once failed to load. @param {string} root */
function canOpenSqlite(root) {
  const script = "new (require('better-sqlite3'))(':memory:').close()"
  return spawnSync(process.execPath, ['-e', script], { cwd: root, stdio: 'ignore' }).status === 0
}
