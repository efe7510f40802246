import type { Command } from '@holdfast/core/adapter'
import { bug, type PlantedBug } from '../planted-bug.js'
import { VariantPartition, type VariantStore } from '../variant-store.js'

class SweepsLate extends VariantPartition {
  override due(now: number, most: number): readonly string[] {
    return super.due(now - 1, most)
  }
}

/** Decided one instant early, where the condition holds at this very instant. */
function anInstantEarly(isAt: (command: Command, store: VariantStore, now: number) => boolean) {
  return {
    at: (command: Command, store: VariantStore, now: number) => (isAt(command, store, now) ? now - 1 : now),
  }
}

export const BOUNDARIES: readonly PlantedBug[] = [
  bug(
    'a hold outlives its deadline by an instant',
    'boundaries: a hold is over at the very instant of its deadline',
    () =>
      anInstantEarly((command, { partition }, now) => {
        const known = 'id' in command ? partition.reservation(command.id) : undefined
        return known?.status === 'held' && known.expiresAt === now
      }),
  ),
  bug(
    'a sweep comes an instant late',
    'boundaries: a sweep takes a hold at the very instant of its deadline',
    () => ({ partition: new SweepsLate() }),
  ),
  bug(
    'a reserve is late at its last instant',
    'boundaries: a reserve may come at its last instant, and not after it',
    () => ({
      rewrite: (command) =>
        command.kind === 'reserve' ? { ...command, notAfter: command.notAfter - 1 } : command,
    }),
  ),
  bug(
    'a guard is kept an instant longer',
    'boundaries: a guard is free at the very instant of its deadline',
    () =>
      anInstantEarly((command, { partition }, now) => {
        if (command.kind !== 'reserve') return false
        return command.guards.some(({ name }) => partition.guard(name)?.expiresAt === now)
      }),
  ),
  bug('a sale opens an instant late', 'boundaries: a sale opens at the very instant', () =>
    anInstantEarly(
      (command, { partition }, now) =>
        command.kind === 'reserve' &&
        command.claims.units.some(({ account }) => partition.account(account)?.opensAt === now),
    ),
  ),
  bug('a sale closes an instant late', 'boundaries: a sale closes at the very instant', () =>
    anInstantEarly(
      (command, { partition }, now) =>
        command.kind === 'reserve' &&
        command.claims.units.some(({ account }) => partition.account(account)?.closesAt === now),
    ),
  ),
  bug('a limit lets one too many through', 'boundaries: a limit is reached exactly, and not passed', () => ({
    rewrite: (command) => {
      if (command.kind !== 'reserve') return command
      const uses = command.claims.uses.map((one) => ({ ...one, max: one.max + 1 }))
      return { ...command, claims: { ...command.claims, uses } }
    },
  })),
  bug(
    'a limit is asked only of what was there before',
    'boundaries: a single order may not pass a limit either',
    () => ({
      rewrite: (command, { partition }) => {
        if (command.kind !== 'reserve') return command
        const uses = command.claims.uses.map((one) =>
          (partition.counter(one.counter)?.used ?? 0) === 0 ? { ...one, max: Math.max(one.max, 1e9) } : one,
        )
        return { ...command, claims: { ...command.claims, uses } }
      },
    }),
  ),
  bug('a window lasts an instant longer', 'boundaries: a window is over at the instant after it', () => ({
    rewrite: (command) => {
      if (command.kind !== 'reserve') return command
      const uses = command.claims.uses.map((one) => ({ ...one, to: one.to === null ? null : one.to + 1 }))
      return { ...command, claims: { ...command.claims, uses } }
    },
  })),
  bug('a window begins when it likes', 'boundaries: a window begins at its first instant', () => ({
    rewrite: (command) => {
      if (command.kind !== 'reserve') return command
      const uses = command.claims.uses.map((one) => ({ ...one, from: 0 }))
      return { ...command, claims: { ...command.claims, uses } }
    },
  })),
  bug(
    'the longest hold is counted from now',
    'boundaries: an extension ends at the longest hold, counted from the grant',
    () => ({
      rewrite: (command, { partition, clock }) => {
        const known = command.kind === 'extend' ? partition.reservation(command.id) : undefined
        if (known?.status === 'held') {
          const { maxExpiresAt, reservedAt } = known
          const longest = clock.now() + (maxExpiresAt - reservedAt)
          partition.reservations.set((command as { id: string }).id, { ...known, maxExpiresAt: longest })
        }
        return command
      },
    }),
  ),
  bug('an extension may shorten a hold', 'boundaries: an extension never shortens a hold', () => ({
    rewrite: (command, { partition, clock }) => {
      const known = command.kind === 'extend' ? partition.reservation(command.id) : undefined
      if (command.kind === 'extend' && known?.status === 'held')
        partition.reservations.set(command.id, { ...known, expiresAt: clock.now() + 1 })
      return command
    },
  })),
  bug(
    'claims of a late payment never lapse',
    'boundaries: the claims that a late payment brings are good until the instant before they lapse',
    () => ({
      rewrite: (command) =>
        command.kind === 'confirm' && command.retake !== null
          ? { ...command, retake: { ...command.retake, until: Number.MAX_SAFE_INTEGER } }
          : command,
    }),
  ),
  bug('a sweep takes one more than it may', 'boundaries: a sweep takes exactly as many as it may', () => ({
    rewrite: (command) => (command.kind === 'sweep' ? { ...command, limit: command.limit + 1 } : command),
  })),
  bug(
    'the backorder limit is passed by one',
    'boundaries: the backorder limit is reached exactly, and not passed',
    () => ({
      rewrite: (command) =>
        command.kind === 'configure' ? { ...command, backorderLimit: command.backorderLimit + 1 } : command,
    }),
  ),
  bug('strikes never lapse', 'boundaries: strikes lapse at the very instant', () => ({
    rewrite: (command) =>
      command.kind === 'reserve' && command.risk !== null
        ? { ...command, risk: { ...command.risk, strikeMs: 2 ** 40 } }
        : command,
  })),
  bug(
    "the clock of the caller's machine is trusted",
    'every command in every state: unknown: reserve again',
    () => ({ at: () => Date.now() }),
  ),
]
