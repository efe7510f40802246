import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** The newest Node that the packages are said to run on, as npm packs it. */
const VERSION = '24.21.0'
const NODE = `node-${process.platform}-${process.arch}`

/**
 * The environment in which `node` is Node 24 and native packages are compiled for it. Installed once, outside of the
 * tree, and kept there for the next time.
 */
export function node24() {
  const cache = join(tmpdir(), `holdfast-node-${VERSION}`)
  const folder = join(cache, 'node_modules', NODE)
  if (!existsSync(join(folder, 'bin/node'))) {
    mkdirSync(cache, { recursive: true })
    const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error']
    const install = ['install', '--prefix', cache, ...flags, `${NODE}@${VERSION}`]
    execFileSync('npm', install, { stdio: ['ignore', 2, 2] })
  }
  return {
    ...process.env,
    PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`,
    // The headers that came with it.
    npm_config_nodedir: folder,
  }
}

/**
 * Runs `work` on a copy of the checkout, which goes afterwards: what is compiled for one Node is of no use to another.
 * @template T @param {string} root @param {(copy: string) => Promise<T>} work @returns {Promise<T>}
 */
export async function onCopy(root, work) {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-on-node-24-'))
  try {
    const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    for (const file of listing.split('\0')) {
      // Listed, and perhaps deleted since.
      if (file === '' || !existsSync(join(root, file))) continue
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      cpSync(join(root, file), join(copy, file))
    }
    return await work(copy)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
