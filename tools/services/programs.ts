import { execFile } from 'node:child_process'
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

export const run = promisify(execFile)

/** Where Debian keeps programs that are on nobody's path, the newest version first. */
function foldersOffThePath(): readonly string[] {
  const folders = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/opt/homebrew/bin', '/usr/local/bin']
  try {
    const versions = readdirSync('/usr/lib/postgresql').sort((one, other) => Number(other) - Number(one))
    return [...folders, ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`)]
  } catch {
    return folders
  }
}

/** The path of the first of these programs that is there; `null` where there is none. */
export function programOf(...names: readonly string[]): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...foldersOffThePath()]
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (isExecutable(path)) return path
    }
  }
  return null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @throws Error unless this is Debian or like it, and we are root */
export async function installPackages(...packages: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0 || programOf('apt-get') === null) {
    throw new Error('installing needs root and apt')
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-qq'], { env })
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env })
}

/** Whether an engine answers behind the command `docker`. */
export async function dockerAnswers(): Promise<boolean> {
  try {
    await run('docker', ['info'], { timeout: 5_000 })
    return true
  } catch {
    return false
  }
}
