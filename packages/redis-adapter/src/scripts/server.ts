import type { RedisClient } from '../client.js'
import { failureOf, tooFewReplicas } from '../failures.js'
import type { CheckedOptions } from '../options.js'
import { type Arguments, Script } from './script.js'

/** How long a call waits for its replicas, ms. */
const REPLICAS_WAIT_MS = 1_000

/** A script in both builds: for the server's own time, and for a time that tests tell as the last argument. */
export class TimedScript {
  readonly real: Script
  readonly virtual: Script

  constructor({ real, virtual }: { readonly real: string; readonly virtual: string }) {
    this.real = new Script(real)
    this.virtual = new Script(virtual)
  }
}

/** Runs scripts on one clock, with the durability that was chosen. Rejects with `store-failed` or `unknown`. */
export class Server {
  constructor(
    readonly client: RedisClient,
    private readonly options: Pick<CheckedOptions, 'clock' | 'durability'>,
  ) {}

  /** 1: a call writes in any case, so that whoever waits for replicas waits for all that was answered before as well. */
  get writesAnyway(): 0 | 1 {
    return typeof this.options.durability === 'object' ? 1 : 0
  }

  /** What it writes may be lost with the server: it is done again, or found out. */
  run(script: TimedScript, keys: readonly string[], args: Arguments): Promise<unknown> {
    const [build, told] = this.timed(script, args)
    return this.runUntimed(build, keys, told)
  }

  /** The same of a script that asks no clock. */
  runUntimed(script: Script, keys: readonly string[], args: Arguments): Promise<unknown> {
    return script.run(this.client, keys, args).catch((error: unknown) => {
      throw failureOf(error)
    })
  }

  /** The same, and what it writes is kept as durably as was chosen. */
  runKept(script: TimedScript, keys: readonly string[], args: Arguments): Promise<unknown> {
    const { durability } = this.options
    return typeof durability === 'object'
      ? this.runReplicated(script, keys, args, durability.replicas)
      : this.run(script, keys, args)
  }

  private async runReplicated(
    script: TimedScript,
    keys: readonly string[],
    args: Arguments,
    wantedReplicas: number,
  ): Promise<unknown> {
    const wanted = { replicas: wantedReplicas, waitMs: REPLICAS_WAIT_MS }
    const [build, told] = this.timed(script, args)
    const { reply, replicas } = await build
      .runReplicated(this.client, keys, told, wanted)
      .catch((error: unknown) => {
        throw failureOf(error)
      })
    if (replicas < wanted.replicas) throw tooFewReplicas(replicas, wanted.replicas)
    return reply
  }

  private timed({ real, virtual }: TimedScript, args: Arguments): readonly [Script, Arguments] {
    const { clock } = this.options
    return clock === null ? [real, args] : [virtual, [...args, clock.now()]]
  }
}
