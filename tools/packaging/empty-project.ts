import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { command, type Finding } from '../check/command.js'
import type { Tarball } from './pack.js'

/** A shop's project: nothing in it but what npm installs from the tarballs and the engine's own packages. */
export interface EmptyProject {
  readonly folder: string
  /** Whether better-sqlite3 can be loaded there; not so where the workspace could not build it. */
  readonly sqlite: boolean
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
  return { folder, sqlite: borrowBinary(root, folder) }
}

/** Runs a script of the project's with this Node. */
export function runScript(project: EmptyProject, script: string): Promise<Finding> {
  return command(process.execPath, [script], project.folder)
}

function versionInWorkspace(root: string, name: string): string {
  const manifest = createRequire(join(root, 'package.json'))(`${root}/package.json`)
  return manifest.devDependencies[name] ?? manifest.optionalDependencies[name]
}

function borrowBinary(root: string, folder: string): boolean {
  const binary = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'
  if (!existsSync(join(root, binary))) return false
  mkdirSync(dirname(join(folder, binary)), { recursive: true })
  copyFileSync(join(root, binary), join(folder, binary))
  return true
}
