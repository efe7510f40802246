import { forkProgram } from '../processes/fork-program.js'
import type { PlaceWork, PlaceWorkResults } from './place-work.js'

const main = new URL('./place-work-main.ts', import.meta.url)

/** Does the work in a process of its own: on another core, and without a trace in this one's heap. */
export function inAnotherProcess<Work extends PlaceWork>(
  work: Work,
): Promise<PlaceWorkResults[Work['kind']]> {
  const child = forkProgram(main)
  return new Promise((resolve, reject) => {
    child.once('message', (result) => {
      resolve(result as PlaceWorkResults[Work['kind']])
      child.disconnect()
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      reject(new Error(`${work.kind}: its process ended with ${signal ?? `status ${code}`}`))
    })
    child.send(work)
  })
}
