import { createRequire } from 'node:module'
import Database from 'better-sqlite3'

const require = createRequire(import.meta.url)

/** The engine that better-sqlite3 carries, and the libraries around it. */
export function sqliteVersions(): Record<string, string> {
  const memory = new Database(':memory:')
  const sqlite = String(memory.prepare('select sqlite_version()').pluck().get())
  memory.close()
  return { sqlite, 'better-sqlite3': versionOf('better-sqlite3'), knex: versionOf('knex') }
}

function versionOf(library: string): string {
  const { version } = require(`${library}/package.json`) as { version: string }
  return version
}
