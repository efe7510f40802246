import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { command } from '../check/command.js'
import { pnpm } from '../workspace/install.mjs'
import { publishedPackages } from '../workspace/members.mjs'

export interface Tarball {
  readonly name: string
  readonly folder: string
  readonly path: string
}

/** Packs each published package as `pnpm publish` would, into `destination`. Expects them to be built. */
export async function pack(root: string, destination: string): Promise<readonly Tarball[]> {
  mkdirSync(destination, { recursive: true })
  const packages = publishedPackages(root)
  return Promise.all(
    packages.map(async ({ name, folder }) => {
      const path = join(destination, `${name.replace('@', '').replace('/', '-')}.tgz`)
      const args = ['--yes', pnpm, 'pack', '--out', path]
      const packed = await command('npx', args, join(root, folder), { npm_config_loglevel: 'error' })
      if (!packed.ok) throw new Error(`${name} cannot be packed: ${packed.output}`)
      return { name, folder, path }
    }),
  )
}
