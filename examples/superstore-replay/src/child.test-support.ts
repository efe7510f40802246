import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const main = fileURLToPath(new URL('./main.ts', import.meta.url))

export interface Finished {
  /** `null` if a signal ended it. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The program as `npm run demo` starts it, but on the packages' sources, which need no build. */
export function start(
  args: readonly string[],
  preload: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const flags = ['tsx', ...preload].flatMap((module) => ['--import', module])
  return spawn(process.execPath, [...flags, main, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
}

export function finished(child: ChildProcess): Promise<Finished> {
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, ...written }))
  })
}

export function run(...how: Parameters<typeof start>): Promise<Finished> {
  return finished(start(...how))
}
