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

/** How much room for young objects Node was given: processes of a contender's own are given as much. */
export function heapOptions(): readonly string[] {
  return process.execArgv.filter((option) => option.startsWith('--max-semi-space-size'))
}

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
