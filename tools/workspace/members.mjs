import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The workspace's folders that hold a package.json, as in pnpm-workspace.yaml.
 * @param {string} root @returns {string[]} relative to root, sorted
 */
export function members(root) {
  return ['packages', 'examples']
    .flatMap((parent) => childrenOf(root, parent))
    .concat('bench')
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
}

/**
 * The packages that are published, those that others depend on first.
 * @param {string} root @returns {{ folder: string, name: string, needs: string[] }[]} needs: folders of packages
 */
export function publishedPackages(root) {
  const found = childrenOf(root, 'packages')
    .filter((folder) => existsSync(join(root, folder, 'src/index.ts')))
    .map((folder) => {
      /** @type {{ name: string, dependencies?: Record<string, string> }} */
      const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
      return { folder, name: manifest.name, needed: Object.keys(manifest.dependencies ?? {}) }
    })
  const listed = found.map(({ folder, name, needed }) => ({
    folder,
    name,
    needs: found.filter((other) => needed.includes(other.name)).map((other) => other.folder),
  }))
  return listed.sort((a, b) => a.needs.length - b.needs.length || a.folder.localeCompare(b.folder))
}

/** @param {string} root @param {string} parent @returns {string[]} */
function childrenOf(root, parent) {
  if (!existsSync(join(root, parent))) return []
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`)
}
