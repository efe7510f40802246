import type { ChildProcess } from 'node:child_process'
import { forkProgram } from '../processes/fork-program.js'
import type { Answer, Question } from './carrier.js'

/** On one machine with the shop, buyers come first, and it takes what they leave: the adapter's README says so of workers. */
const BEHIND = process.platform === 'linux' ? ['chrt', '--idle', '0'] : ['nice', '-n', '19']

/** The process that carries. */
export class CarrierProcess {
  private readonly child: ChildProcess = forkProgram(new URL('./carrier-main.ts', import.meta.url), BEHIND)

  /** @throws Error where it failed or ended */
  ask(question: Question): Promise<number> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null) =>
        reject(new Error(`the process that carries ended with ${signal ?? `status ${code}`}`))
      this.child.once('exit', ended)
      this.child.once('message', (answer: Answer) => {
        this.child.removeListener('exit', ended)
        if ('failure' in answer) reject(new Error(`the process that carries failed: ${answer.failure}`))
        else resolve(answer.carried)
      })
      this.child.send(question)
    })
  }

  async close(): Promise<void> {
    try {
      await this.ask({ kind: 'close' })
    } finally {
      this.child.kill()
    }
  }
}
