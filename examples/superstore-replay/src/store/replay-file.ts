import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { UsageError } from '../command-line/request.js'

/** Where a replay writes. */
export interface ReplayFile {
  readonly path: string
  readonly isKept: boolean
  /** Removes what is not to be kept; synchronous, so that a signal cannot come between. */
  dispose(): void
}

/** Files that SQLite lays beside its own: left over, they would be taken for the new file's. */
const COMPANIONS = ['-wal', '-shm', '-journal']

/** A file in a folder of its own, which is removed with it. */
export function temporaryFile(): ReplayFile {
  const folder = mkdtempSync(join(tmpdir(), 'superstore-replay-'))
  return {
    path: join(folder, 'shop.db'),
    isKept: false,
    dispose: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  }
}

/**
 * A new, empty file at this path: taken at once, so that of two replays started together one is refused.
 * @throws UsageError when something is there, or nothing can be put there
 */
export function newFile(name: string): ReplayFile {
  refuseExisting(name)
  const path = resolve(name)
  try {
    closeSync(openSync(path, 'wx'))
  } catch (error) {
    throw new UsageError(`--file ${name}: ${whyNot(error)}`)
  }
  return { path, isKept: true, dispose: () => {} }
}

/** @throws UsageError when a file of this name, or what SQLite would take for a part of it, is there */
export function refuseExisting(name: string): void {
  // An absolute path: SQLite gives a meaning of its own to names such as `:memory:`.
  const path = resolve(name)
  if (existsSync(path)) throw new UsageError(`--file ${name}: ${EXISTS}`)
  for (const companion of COMPANIONS) {
    if (existsSync(path + companion))
      throw new UsageError(`--file ${name}: ${path}${companion} is in the way`)
  }
}

const EXISTS = 'exists already; a replay cannot be continued, it begins with a new file'

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case 'EEXIST':
      return EXISTS
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such folder'
    default:
      return message
  }
}
