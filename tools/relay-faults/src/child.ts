import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process of a scene, which may be paused and killed. */
export class Child {
  private readonly lines: string[] = []
  private readonly listeners = new Set<() => void>()

  private constructor(private readonly process: ChildProcess) {
    createInterface({ input: process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      this.lines.push(line)
      for (const listener of this.listeners) listener()
    })
    process.once('exit', () => {
      for (const listener of this.listeners) listener()
    })
  }

  /** @param program a file of this folder; `options` are what it finds in its arguments, as JSON */
  static start(program: string, options: object): Child {
    const path = fileURLToPath(new URL(program, import.meta.url))
    const args = ['--import', 'tsx', path, JSON.stringify(options)]
    return new Child(
      spawn(process.execPath, args, {
        cwd: fileURLToPath(new URL('../../../', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    )
  }

  get said(): readonly string[] {
    return this.lines
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null
  }

  /** Waits for a line that begins so. @throws Error if the process ends before */
  async says(start: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((each) => each.startsWith(start))
      if (line !== undefined) return line
      if (this.hasEnded) throw new Error(`it ended before it said ${start}: ${this.lines.join(' | ')}`)
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.listeners.delete(listener)
          resolve()
        }
        this.listeners.add(listener)
      })
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal)
  }

  /** Waits until it has ended. */
  async end(signal?: NodeJS.Signals): Promise<NodeJS.Signals | number | null> {
    if (!this.hasEnded) {
      const ended = once(this.process, 'exit')
      if (signal !== undefined) this.process.kill(signal)
      await ended
    }
    return this.process.signalCode ?? this.process.exitCode
  }
}
