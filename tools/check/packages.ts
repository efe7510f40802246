import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from '../packaging/pack.js'
import { all, type Finding, tool } from './command.js'

/** Profile: without the resolution of before Node 12, which knows no `exports`. */
const typesWrong = ['--profile', 'node16', '--no-definitely-typed', '--no-emoji', '--format', 'ascii']

/** What npm would get: manifests by publint, types in ESM and CommonJS by arethetypeswrong, both on the tarballs. */
export async function checkPackages(root: string): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-pack-'))
  try {
    const tarballs = await pack(root, folder)
    const findings = tarballs.flatMap(({ path }) => [
      tool(root, 'publint/src/cli.js', ['run', path, '--strict']),
      tool(root, '@arethetypeswrong/cli/dist/index.js', [path, ...typesWrong]),
    ])
    return all(await Promise.all(findings))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
