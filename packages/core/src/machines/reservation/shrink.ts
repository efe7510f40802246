import type { Shrink } from '../../port/commands.js'
import type { GrantedLine, ReservationEvent } from '../../port/events.js'
import { already, answer, head, isLive, type ReservationDecision, sameAccount } from './decision.js'
import type { HeldLine, ReservationState } from './types.js'

/** Keeps the lines named, in absolute quantities; a line that is not named goes to 0 and keeps its place. */
export function shrink(command: Shrink, state: ReservationState, now: number): ReservationDecision {
  if (state.status === 'absent') return answer({ kind: 'unknown-id' })
  if (!isLive(state)) return already(state.status)
  for (const { account, quantity } of command.keep) {
    const held = state.lines.find((line) => sameAccount(line.account, account))?.quantity ?? 0
    if (quantity > held) return answer({ kind: 'exceeds', account, held })
  }
  const lines = state.lines.map((line) => keep(line, quantityKept(command, line)))
  if (lines.every((line, index) => line.quantity === state.lines[index]?.quantity))
    return answer({ kind: 'shrunk' })
  const event: ReservationEvent = { ...head(command.id, state, now), type: 'shrunk', lines }
  return { events: [event], outcome: { kind: 'shrunk' } }
}

function quantityKept(command: Shrink, line: HeldLine): number {
  return command.keep.find((one) => sameAccount(one.account, line.account))?.quantity ?? 0
}

/** What is owed goes first, so that units in hand stay with the buyer. */
function keep(line: HeldLine, quantity: number): GrantedLine {
  const owed = Math.max(0, line.owed - (line.quantity - quantity))
  return { account: line.account, quantity, owed, returned: 0 }
}
