import type { Return } from '../../port/commands.js'
import type { Returned } from '../../port/events.js'
import { already, answer, head, type ReservationDecision, sameAccount } from './decision.js'
import type { ReservationContext, ReservationState } from './types.js'

/** What a movement's id stands for, so that the same return is told from another one. */
export function returnMovementOf(
  event: Pick<Returned, 'id' | 'lines' | 'restocked' | 'usesGivenBack'>,
): string {
  const units = event.lines.map(({ account, quantity }) =>
    JSON.stringify([account.sku, account.pool, quantity]),
  )
  // Told again in another order, they are the same units.
  units.sort()
  return JSON.stringify(['return', event.id, units, event.restocked, event.usesGivenBack])
}

export function returnUnits(
  command: Return,
  state: ReservationState,
  context: ReservationContext,
): ReservationDecision {
  const repeated = repeatedReturn(command, context)
  if (repeated !== null) return repeated
  if (state.status === 'absent') return answer({ kind: 'unknown-id' })
  if (state.status !== 'confirmed') return already(state.status)
  for (const { account, quantity } of command.units) {
    const line = state.lines.find((one) => sameAccount(one.account, account))
    const held = line === undefined ? 0 : line.quantity - line.owed - line.returned
    if (quantity > held) return answer({ kind: 'exceeds', account, held })
  }
  return {
    events: [
      {
        ...head(command.id, state, context.now),
        type: 'returned',
        movement: command.movement,
        lines: command.units,
        restocked: command.restock,
        usesGivenBack: command.giveBackUses,
      },
    ],
    outcome: { kind: 'returned' },
  }
}

function repeatedReturn(command: Return, context: ReservationContext): ReservationDecision | null {
  const known = command.units.map(({ account }) => context.movement(account, command.movement))
  if (known.every((data) => data === undefined)) return null
  const { id, units: lines, restock: restocked, giveBackUses } = command
  const data = returnMovementOf({ id, lines, restocked, usesGivenBack: giveBackUses })
  if (known.every((one) => one === data)) return answer({ kind: 'replayed-movement' })
  return answer({ kind: 'id-reused', differs: ['lines'] })
}
