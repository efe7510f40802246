import type { ChildProcess } from 'node:child_process'
import type { Place } from '../stored/place.js'
import { forkProgram } from './fork-program.js'
import type { Answer, Question } from './selling.js'

const main = new URL('./selling-main.ts', import.meta.url)

/** Processes that sell from one place. */
export class SellingProcesses {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  static async open(place: Place, count: number, callers: number): Promise<SellingProcesses> {
    const children = Array.from({ length: count }, () => forkProgram(main))
    const processes = new SellingProcesses(children)
    await Promise.all(
      children.map((child, process) => answered(child, { kind: 'open', place, process, callers })),
    )
    return processes
  }

  /** Asks all of them at once; answers with what they granted together. */
  async ask(question: Question): Promise<number> {
    const granted = await Promise.all(this.children.map((child) => answered(child, question)))
    return granted.reduce((sum, one) => sum + one, 0)
  }

  async close(): Promise<void> {
    try {
      await this.ask({ kind: 'close' })
    } finally {
      for (const child of this.children) child.kill()
    }
  }
}

/** @throws Error where the process failed or ended */
function answered(child: ChildProcess, question: Question): Promise<number> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) =>
      reject(new Error(`a process that sold ended with ${signal ?? `status ${code}`}`))
    child.once('exit', ended)
    child.once('message', (answer: Answer) => {
      child.removeListener('exit', ended)
      if ('failure' in answer) reject(new Error(`a process that sold failed: ${answer.failure}`))
      else resolve(answer.granted)
    })
    child.send(question)
  })
}
