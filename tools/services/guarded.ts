import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { SystemUser } from './system-user.js'

const GUARD = fileURLToPath(new URL('./guard.mjs', import.meta.url))
/** How long a server may take until it answers, ms; an image that must be fetched takes its time, a busy machine too. */
const LONGEST_START = 300_000
/** How often it is asked whether it answers, ms. */
const EVERY = 100

/** A server to run under a guard. Its output goes to `server.log` in its folder. */
export interface Command {
  readonly command: string
  readonly args: readonly string[]
  /** Goes with the server. */
  readonly folder: string
  /** `null`: who we are. */
  readonly user: SystemUser | null
  readonly stopSignal: NodeJS.Signals
}

export interface Guarded {
  /** What `answers` gave in the end. */
  readonly version: string
  /** By the command's signal, or another one. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/**
 * Starts a server that ends with this process.
 *
 * @param answers asks the server for its version; rejects as long as it does not answer
 * @throws Error with the end of the server's log if it ends, or if it takes too long
 */
export async function startGuarded(command: Command, answers: () => Promise<string>): Promise<Guarded> {
  // Detached, so that an interrupt from the terminal reaches those who use the server first.
  const guard = spawn(process.execPath, [GUARD, JSON.stringify(command)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  })
  // Whoever started it may end while it runs: the guard sees its standard input close.
  guard.unref()
  for (const stream of [guard.stdin, guard.stderr]) (stream as unknown as Socket).unref()
  const lastWords = text(guard.stderr)
  const stop = (signal?: NodeJS.Signals) => stopGuard(guard, signal)
  try {
    return { version: await firstAnswer(guard, lastWords, answers), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function firstAnswer(
  guard: ChildProcess,
  lastWords: Promise<string>,
  answers: () => Promise<string>,
): Promise<string> {
  const giveUpAt = performance.now() + LONGEST_START
  for (;;) {
    if (hasEnded(guard)) throw new Error(`it ended: ${tail(await lastWords)}`)
    try {
      return await answers()
    } catch (error) {
      if (performance.now() > giveUpAt) throw new Error('it did not answer in time', { cause: error })
    }
    await pause(EVERY)
  }
}

async function stopGuard(guard: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
  if (hasEnded(guard)) return
  guard.ref()
  const ended = once(guard, 'exit')
  guard.stdin?.end(signal)
  await ended
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

function tail(log: string): string {
  return log.trim().split('\n').slice(-5).join(' | ') || 'it said nothing'
}
