import { execFileSync } from 'node:child_process'
import { chownSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/** Whom a server runs as that refuses root; `null` for whoever is not root: we run it ourselves. */
export function userFor(name: string): SystemUser | null {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** A new temporary folder of that user's. */
export function folderOf(user: SystemUser | null, service: string): string {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${service}-`))
  if (user !== null) chownSync(folder, user.uid, user.gid)
  return folder
}
