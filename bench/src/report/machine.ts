import { cpus, totalmem } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  /** GiB. */
  readonly memory: number
  readonly node: string
  /** Servers, engines and drivers by name. */
  readonly versions: Readonly<Record<string, string>>
}

export function describeMachine(versions: Readonly<Record<string, string>>): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    versions,
  }
}
