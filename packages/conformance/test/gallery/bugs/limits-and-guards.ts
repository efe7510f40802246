import type { LimitState, LimitUse, OpenGuard, Reserve } from '@holdfast/core/adapter'
import { bug, type PlantedBug } from '../planted-bug.js'
import { type Variant, VariantPartition } from '../variant-store.js'

/** Claims of a reserve made otherwise. */
function claiming(made: (use: LimitUse, command: Reserve) => LimitUse): Variant {
  return {
    rewrite: (command) => {
      if (command.kind !== 'reserve') return command
      return {
        ...command,
        claims: { ...command.claims, uses: command.claims.uses.map((one) => made(one, command)) },
      }
    },
  }
}

/** Counters that a command of this kind leaves as they were. */
function forgettingCounters(kind: string): Variant {
  return {
    after: (command, _outcome, { partition }, before) => {
      if (command.kind === kind)
        for (const [name, { used }] of before.counters) partition.counterToChange(name).used = used
      return undefined
    },
  }
}

/** Guards that a command of this kind leaves as they were. */
function forgettingGuards(kind: string): Variant {
  return {
    after: (command, _outcome, { partition }, before) => {
      if (command.kind === kind) for (const [name, state] of before.guards) partition.putGuard(name, state)
      return undefined
    },
  }
}

class CountsPaidOnly extends VariantPartition {
  override counter(name: string): LimitState | undefined {
    let used = 0
    for (const state of this.reservations.values())
      if (state.status === 'confirmed')
        for (const use of state.uses) used += use.counter === name ? use.quantity : 0
    return { used, archived: 0 }
  }
}

/** Gives back to the counter that was claimed last. */
class GivesBackToTheLast extends VariantPartition {
  isGivingBack = false
  private last = ''
  override counterToChange(name: string): LimitState {
    if (!this.isGivingBack) this.last = name
    return super.counterToChange(this.last)
  }
}

class OpensGuardsOnce extends VariantPartition {
  override putGuard(name: string, state: OpenGuard | undefined): void {
    if (state !== undefined && this.guard(name)?.id === state.id) return
    super.putGuard(name, state)
  }
}

export const LIMITS_AND_GUARDS: readonly PlantedBug[] = [
  bug(
    'a limit is counted before the refusal, and not given back',
    'purchase limits: an attempt refused for stock costs nothing of its limit',
    () => ({
      after: (command, outcome, { partition }) => {
        if (command.kind === 'reserve' && outcome.kind === 'insufficient-stock')
          for (const { counter } of command.claims.uses) partition.counterToChange(counter).used += 1
        return undefined
      },
    }),
  ),
  bug('a limit ignores unpaid claims', 'purchase limits: an unpaid claim counts', () => ({
    partition: new CountsPaidOnly(),
  })),
  bug('a release gives back no uses', 'purchase limits: a released claim is given back', () =>
    forgettingCounters('release'),
  ),
  bug('a sweep gives back no uses', 'purchase limits: an expired claim is given back', () =>
    forgettingCounters('sweep'),
  ),
  bug('a shrink gives back no uses', 'purchase limits: uses shrink with their lines', () =>
    forgettingCounters('shrink'),
  ),
  bug(
    'a return gives back no uses',
    'purchase limits: a return gives back as many uses as units, if its policy says so',
    () => forgettingCounters('return'),
  ),
  bug('a payment gives back its uses', 'purchase limits: a paid claim counts', () => ({
    after: (command, outcome, { partition }) => {
      const known = command.kind === 'confirm' ? partition.reservation(command.id) : undefined
      if (outcome.kind === 'confirmed' && known?.status === 'confirmed')
        for (const { counter, quantity } of known.uses) partition.counterToChange(counter).used -= quantity
      return undefined
    },
  })),
  bug('a limit counts every line', 'purchase limits: a limit counts its own lines alone', () =>
    claiming((use, { claims }) => ({ ...use, lines: claims.units.map((_, line) => line) })),
  ),
  bug(
    'a limit counts its first line only',
    'purchase limits: a limit over several lines counts their sum',
    () => claiming((use) => ({ ...use, lines: use.lines.slice(0, 1) })),
  ),
  bug(
    'older names of a counter are forgotten',
    'purchase limits: uses of a counter under its older names are added, and never written to them',
    () => claiming((use) => ({ ...use, prior: [] })),
  ),
  bug(
    'uses go back to the present window',
    'purchase limits: uses go back to the counter first claimed, whatever the window is by then',
    () => {
      const partition = new GivesBackToTheLast()
      return {
        partition,
        rewrite: (command) => {
          partition.isGivingBack = command.kind === 'release'
          return command
        },
      }
    },
  ),
  bug(
    'only the first limit is asked',
    'purchase limits: of several limits the first that is reached is named, and none is claimed',
    () => ({
      rewrite: (command) =>
        command.kind === 'reserve'
          ? { ...command, claims: { ...command.claims, uses: command.claims.uses.slice(0, 1) } }
          : command,
    }),
  ),
  bug('a payment leaves the guard open', 'unpaid-order guards: a paid order frees its guard', () =>
    forgettingGuards('confirm'),
  ),
  bug('a release leaves the guard open', 'unpaid-order guards: a cancelled order frees its guard', () =>
    forgettingGuards('release'),
  ),
  bug('a sweep leaves the guard where it was', 'unpaid-order guards: a swept order frees its guard', () =>
    forgettingGuards('sweep'),
  ),
  bug(
    "a guard is freed by another order's end",
    'unpaid-order guards: a guard is freed by its own order alone',
    () => ({
      after: (command, _outcome, { partition }) => {
        const known = command.kind === 'release' ? partition.reservation(command.id) : undefined
        if (known !== undefined && known.status !== 'tombstoned')
          for (const name of known.guards) partition.putGuard(name, undefined)
        return undefined
      },
    }),
  ),
  bug(
    'an extension leaves the guard behind',
    'unpaid-order guards: an extended order keeps its guard as long as its hold',
    () => ({ partition: new OpensGuardsOnce() }),
  ),
  bug(
    'older names of a guard are forgotten',
    'unpaid-order guards: an order open under an older name of the guard is met',
    () => ({
      rewrite: (command) =>
        command.kind === 'reserve'
          ? { ...command, guards: command.guards.map(({ name }) => ({ name, prior: [] })) }
          : command,
    }),
  ),
  bug('only the first guard is opened', 'unpaid-order guards: an order frees all its guards', () => ({
    rewrite: (command) =>
      command.kind === 'reserve' ? { ...command, guards: command.guards.slice(0, 1) } : command,
    after: (command, outcome, { partition }) => {
      // It frees its first guard only, too.
      if (outcome.kind === 'released' && command.kind === 'release')
        partition.putGuard('sku', { status: 'open', id: command.id, expiresAt: Number.MAX_SAFE_INTEGER })
      return undefined
    },
  })),
  bug(
    'a deferred order claims neither limit nor guard',
    'payments: a deferred order claims its limits and its guard',
    () => ({
      rewrite: (command) =>
        command.kind === 'reserve' && command.stock === 'defer'
          ? { ...command, guards: [], claims: { ...command.claims, uses: [] } }
          : command,
    }),
  ),
]
