import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The workspace's folders that hold a package.json, as in pnpm-workspace.yaml.
 * @param {string} root @returns {string[]} relative to root, sorted
 */
export function members(root) {
  return ['packages', 'examples']
    .flatMap((parent) => childrenOf(root, parent))
    .concat('bench', 'tools/sim', 'tools/soak', 'tools/relay-faults')
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
}

/**
 * The packages that are published and have code, those that others depend on first.
 * @param {string} root
 * @returns {{ folder: string, name: string, entries: string[], needs: string[] }[]} needs: folders of packages
 */
export function publishedPackages(root) {
  const found = childrenOf(root, 'packages')
    .filter((folder) => existsSync(join(root, folder, 'src/index.ts')))
    .map((folder) => ({ folder, ...readManifest(join(root, folder)) }))
  const listed = found.map(({ folder, name, entries, dependencies }) => ({
    folder,
    name,
    entries,
    needs: found.filter((other) => dependencies.includes(other.name)).map((other) => other.folder),
  }))
  return listed.sort((a, b) => a.needs.length - b.needs.length || a.folder.localeCompare(b.folder))
}

/**
 * @param {string} folder absolute
 * @returns {{ name: string, dependencies: string[], entries: string[] }} entries: the public roots by name,
 *   `index` for `.` (`src/index.ts`, `dist/index.js`), `adapter` for `./adapter`
 */
export function readManifest(folder) {
  /** @type {{ name: string, exports?: Record<string, unknown>, dependencies?: Record<string, string> }} */
  const {
    name,
    exports = {},
    dependencies = {},
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const roots = Object.keys(exports).filter((each) => each !== './package.json')
  const entries = roots.map((each) => (each === '.' ? 'index' : each.slice(2)))
  return { name, dependencies: Object.keys(dependencies), entries }
}

/** @param {string} root @param {string} parent @returns {string[]} */
function childrenOf(root, parent) {
  if (!existsSync(join(root, parent))) return []
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`)
}
