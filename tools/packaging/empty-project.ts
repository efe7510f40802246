import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { command, type Finding } from '../check/command.js'
import type { Tarball } from './pack.js'

/** A shop's project: nothing in it but what npm installs from the tarballs and the engine's own packages. */
export interface EmptyProject {
  readonly folder: string
}

/**
 * Installs the tarballs with npm into `folder`. Nothing is compiled: better-sqlite3 gets the binary that the
 * workspace built, which saves a minute.
 */
export async function createProject(
  root: string,
  folder: string,
  tarballs: readonly Tarball[],
): Promise<EmptyProject> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'shop', private: true, version: '1.0.0' }),
  )
  const engine = ['knex', 'better-sqlite3', '@types/node'].map(
    (name) => `${name}@${versionInWorkspace(root, name)}`,
  )
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  const installed = await command(
    'npm',
    ['install', ...flags, ...tarballs.map(({ path }) => path), ...engine],
    folder,
  )
  if (!installed.ok) throw new Error(`the tarballs do not install: ${installed.output}`)
  borrowBinary(root, folder)
  return { folder }
}

/** Whether the workspace has a better-sqlite3 that can be lent to a project. */
export function hasBinary(root: string): boolean {
  return existsSync(join(root, binary))
}

/** Runs a script of the project's with this Node; nothing outside the project lends it a package. */
export function runScript(project: EmptyProject, script: string): Promise<Finding> {
  return command(process.execPath, [script], project.folder, { NODE_PATH: '' })
}

function versionInWorkspace(root: string, name: string): string {
  const manifest = createRequire(join(root, 'package.json'))(`${root}/package.json`)
  return manifest.devDependencies[name] ?? manifest.optionalDependencies[name]
}

const binary = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'

function borrowBinary(root: string, folder: string): void {
  if (!hasBinary(root)) return
  mkdirSync(dirname(join(folder, binary)), { recursive: true })
  copyFileSync(join(root, binary), join(folder, binary))
}
