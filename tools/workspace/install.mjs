import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fingerprint, stampMatches, writeStamp } from './fingerprint.mjs'
import { members } from './members.mjs'

/** The one place that names it; nothing else may install, so that the lockfile has one author. */
export const pnpm = 'pnpm@12.21.0'

/**
 * Installs the workspace when its manifests, its lockfile or this Node changed since the last time.
 * @param {string} root
 */
export async function install(root) {
  const manifests = ['package.json', ...members(root).map((folder) => `${folder}/package.json`)]
  const inputs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]
  // better-sqlite3 is compiled for one Node: another one needs it anew.
  const node = [process.platform, process.arch, process.versions.modules]
  const wanted = fingerprint(root, inputs, node)
  if (stampMatches(root, 'install', wanted) && existsSync(join(root, 'node_modules/.modules.yaml'))) return
  forgetOtherNodes(root, node.join(' '))
  await runPnpm(root)
  writeStamp(root, 'node', node.join(' '))
  writeStamp(root, 'install', wanted)
  if (!canOpenSqlite(root)) {
    process.stderr.write(
      'holdfast: better-sqlite3 could not be built (it needs Python 3, make and a C++ compiler); all but SQLite works\n',
    )
  }
}

/**
 * pnpm keeps what is there, and with it a binary that this Node cannot load.
 * @param {string} root @param {string} node
 */
function forgetOtherNodes(root, node) {
  if (!existsSync(join(root, 'node_modules/.holdfast/node.stamp')) || stampMatches(root, 'node', node)) return
  for (const each of ['.pnpm', '.modules.yaml']) {
    rmSync(join(root, 'node_modules', each), { recursive: true, force: true })
  }
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
    // CI: pnpm must never ask a question. Log level: `npm run --silent` would silence pnpm's errors as well.
    env: { ...process.env, CI: 'true', npm_config_loglevel: 'error' },
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

/** The compiler's hundreds of lines stay in the log. @param {string} line */
function worthSeeing(line) {
  return !/node_modules\/\S+ (?:install|postinstall)/.test(line) && line.trim() !== ''
}

/** @param {string} root */
function canOpenSqlite(root) {
  try {
    const Database = createRequire(join(root, 'package.json'))('better-sqlite3')
    new Database(':memory:').close()
    return true
  } catch {
    return false
  }
}
