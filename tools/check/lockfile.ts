import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { clean, type Finding } from './command.js'

/** The lockfile names packages, versions and digests: whoever installs asks the registry of their own choice. */
export function checkLockfile(root: string): Finding {
  const lines = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8').split('\n')
  const faults = lines.flatMap((line, index) =>
    /https?:\/\/|tarball:|registry:/.test(line)
      ? [`pnpm-lock.yaml:${index + 1} names a host: ${line.trim()}`]
      : [],
  )
  return faults.length === 0 ? clean : { ok: false, output: faults.join('\n') }
}
