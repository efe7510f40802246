import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type ProgramName = 'web' | 'worker' | 'shipping'

/** One of the shop's programs, as a process of its own. */
export class Program {
  /** What it says once it is ready. Rejects if it ends before. */
  readonly ready: Promise<string>
  /** How it ended: a signal, or its exit status. */
  readonly ended: Promise<NodeJS.Signals | number>
  private readonly child: ChildProcess

  constructor(name: ProgramName, environment: NodeJS.ProcessEnv) {
    const path = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
    this.child = spawn(process.execPath, ['--import', 'tsx', path], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.ended = once(this.child, 'exit').then(([code, signal]) => signal ?? code)
    const lines = createInterface({ input: this.child.stdout as NodeJS.ReadableStream })
    this.ready = Promise.race([
      once(lines, 'line').then(([line]) => String(line)),
      this.ended.then((how) => Promise.reject(new Error(`${name} ended before it was ready: ${how}`))),
    ])
    // Whoever waits for it is told.
    this.ready.catch(() => {})
  }

  get pid(): number | undefined {
    return this.child.pid
  }

  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<NodeJS.Signals | number> {
    this.child.kill(signal)
    return this.ended
  }
}
