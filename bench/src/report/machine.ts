import { cpus, totalmem } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  /** GiB. */
  readonly memory: number
  readonly node: string
  /** What Node itself was told, for every contender alike. */
  readonly nodeOptions: readonly string[]
  /** Servers, engines and drivers by name. */
  readonly versions: Readonly<Record<string, string>>
}

/**
 * How much room for young objects Node was given, and by how much the heap may grow until it is collected as a whole: processes
 * of a contender's own are given as much. Without the second, a heap as small as a bench's is collected as a whole several times
 * in a turn, since it is less than its room for young objects.
 */
export function heapOptions(): readonly string[] {
  return process.execArgv.filter((option) => HEAP_OPTION.test(option))
}

const HEAP_OPTION = /^--(max-semi-space-size|heap-growing-percent)=/

export function describeMachine(versions: Readonly<Record<string, string>>): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    nodeOptions: heapOptions(),
    versions,
  }
}
