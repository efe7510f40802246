import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Whether better-sqlite3, which is compiled when it is installed, can be used here. */
export function sqliteIsInstalled(): boolean {
  try {
    const Database = require('better-sqlite3') as new (path: string) => { close(): void }
    new Database(':memory:').close()
    return true
  } catch {
    return false
  }
}
