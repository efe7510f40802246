import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FileWork, FileWorkResults } from './file-work.js'

const main = fileURLToPath(new URL('./file-work-main.ts', import.meta.url))
const tsconfig = fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url))

/** Does the work in a process of its own: on another core, and without a trace in this one's heap. */
export function inAnotherProcess<Work extends FileWork>(work: Work): Promise<FileWorkResults[Work['kind']]> {
  const child = fork(main, {
    // Like the benchmark itself, it meets the packages as they are built: without the source paths of tsconfig.json.
    execArgv: ['--import', import.meta.resolve('tsx')],
    env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig },
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (result) => {
      resolve(result as FileWorkResults[Work['kind']])
      child.disconnect()
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      reject(new Error(`${work.kind} of ${work.path}: its process ended with ${signal ?? `status ${code}`}`))
    })
    child.send(work)
  })
}
