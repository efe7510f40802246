import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { heapOptions } from '../report/machine.js'

const tsconfig = fileURLToPath(new URL('../../../tsconfig.base.json', import.meta.url))

/** A TypeScript program as a process of its own, to be spoken to by messages; started by `launcher` if there is one. */
export function forkProgram(main: URL, launcher: readonly string[] = []): ChildProcess {
  const [execPath = process.execPath, ...args] = [...launcher, process.execPath]
  return fork(fileURLToPath(main), {
    execPath,
    // Like the benchmark itself, it meets the packages as they are built: without the source paths of tsconfig.json.
    execArgv: [...args, ...heapOptions(), '--import', import.meta.resolve('tsx')],
    env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig },
    stdio: ['ignore', 2, 2, 'ipc'],
  })
}
