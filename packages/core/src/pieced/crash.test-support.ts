import { expect } from 'vitest'
import { pieceNamed } from '../partition/piece-names.js'
import type { Command } from '../port/commands.js'
import type { Submit } from './homes.js'
import type { PiecedSender } from './pieced-sender.js'
import type { PiecedWorld } from './world.test-support.js'

// Processes that die at a command they send, before the store has it or after.

export interface Death {
  readonly name: string
  readonly at: number
  readonly when: 'before' | 'after'
}

/** Every way to die in a call: at each of the commands that it sends, by name. */
export async function deathsIn(
  open: () => Promise<PiecedWorld>,
  call: (sender: PiecedSender) => Promise<unknown>,
): Promise<readonly Death[]> {
  const world = await open()
  const points: string[] = []
  const recorded: Submit = (partition, command, how) => {
    points.push(pointOf(command, partition))
    return world.direct(partition, command, how)
  }
  await call(world.process(recorded))
  return points.flatMap((point, at): Death[] => [
    { name: `before “${point}”`, at, when: 'before' },
    { name: `after “${point}”`, at, when: 'after' },
  ])
}

/** The world after a process died in the call; the laws hold at once. */
export async function died(
  open: () => Promise<PiecedWorld>,
  call: (sender: PiecedSender) => Promise<unknown>,
  { at, when }: Death,
): Promise<PiecedWorld> {
  const world = await open()
  let sends = 0
  await new Promise<void>((resolve, reject) => {
    const mortal: Submit = async (partition, command, how) => {
      const now = sends++
      if (now < at) return world.direct(partition, command, how)
      if (now === at && when === 'after') await world.direct(partition, command, how)
      resolve()
      return new Promise(() => {})
    }
    call(world.process(mortal)).then(() => reject(new Error('it did not die')), reject)
  })
  expect(await world.faults()).toEqual([])
  return world
}

function pointOf(command: Command, partition: string): string {
  if (command.kind === 'pieced') return `${command.step.kind} at home`
  if ('movement' in command && !('id' in command))
    return `${command.kind} ${partition} ${command.movement.trim()}`
  if (!('id' in command)) return `${command.kind} ${partition}`
  const piece = pieceNamed(command.id)
  return piece === null
    ? `${command.kind} ${command.id}`
    : `${command.kind} piece ${piece.n} of ${piece.token}`
}
