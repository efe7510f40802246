import type { Command, Outcome, Reserve } from '@holdfast/core/adapter'
import { bug, type PlantedBug } from '../planted-bug.js'
import type { VariantStore } from '../variant-store.js'

/** A reserve, answered in place of the rules. */
function reserving(
  answer: (command: Reserve, store: VariantStore, now: number) => Outcome | null,
): (command: Command, store: VariantStore, now: number) => Outcome | null {
  return (command, store, now) => (command.kind === 'reserve' ? answer(command, store, now) : null)
}

/** The line that is short, if any: as the rules tell it, but told too early. */
function shortOf({ claims }: Reserve, { partition }: VariantStore): Outcome | null {
  const short = claims.units.flatMap(({ account, quantity }) => {
    const available = partition.account(account)?.available ?? 0
    return quantity > available ? [{ account, requested: quantity, available }] : []
  })
  return short.length === 0 ? null : { kind: 'insufficient-stock', short }
}

function limitReached({ claims }: Reserve, { partition }: VariantStore): Outcome | null {
  for (const [use, { counter, max, lines }] of claims.uses.entries()) {
    const used = partition.counter(counter)?.used ?? 0
    const requested = lines.reduce((sum, line) => sum + (claims.units[line]?.quantity ?? 0), 0)
    if (used + requested > max) return { kind: 'purchase-limit', use, counter, max, used, requested }
  }
  return null
}

function refusals(): Map<string, Outcome> {
  return new Map()
}

const NOT_REMEMBERED = new Set(['granted', 'replayed', 'id-reused', 'tombstoned'])

export const DECIDING: readonly PlantedBug[] = [
  bug(
    'stock is checked before the id',
    'retries: a retry of the call that took the last unit is answered its success',
    () => ({ answer: reserving(shortOf) }),
  ),
  bug(
    'limits are checked before the id',
    'retries: a retry after the limit was reached is answered its success',
    () => ({ answer: reserving(limitReached) }),
  ),
  bug(
    'an order stands in its own way as unpaid',
    'retries: an order does not stand in its own way as unpaid',
    () => ({
      answer: reserving((command, { partition }) => {
        const [name = ''] = command.guards.map((one) => one.name)
        const open = partition.guard(name)
        return open === undefined
          ? null
          : { kind: 'unpaid-order', guard: name, id: open.id, expiresAt: open.expiresAt }
      }),
    }),
  ),
  bug(
    'a late call is refused before the id is asked',
    'every command in every state: held: reserve again when it is too late',
    () => ({
      answer: reserving((command, _store, now) => (now > command.notAfter ? { kind: 'late' } : null)),
    }),
  ),
  bug(
    "the policy's refusal goes before the id",
    'retries: a retry that the policy would refuse by now is answered its success',
    () => ({ answer: reserving((command) => command.refuse) }),
  ),
  bug(
    'stock is checked before limits',
    'precedence of refusals: purchase-limit goes before insufficient-stock',
    () => ({
      after: (command, outcome, store) =>
        command.kind === 'reserve' && outcome.kind === 'purchase-limit'
          ? (shortOf(command, store) ?? undefined)
          : undefined,
    }),
  ),
  bug(
    'sale windows are checked before the accounts are known',
    'precedence of refusals: account-unknown goes before sale-not-open',
    () => ({
      after: (command, outcome, { partition, clock }) => {
        if (command.kind !== 'reserve' || outcome.kind !== 'account-unknown') return undefined
        for (const { account } of command.claims.units) {
          const opensAt = partition.account(account)?.opensAt ?? 0
          if (clock.now() < opensAt) return { kind: 'sale-not-open', account, opensAt }
        }
        return undefined
      },
    }),
  ),
  bug('a refusal is remembered', 'retries: a refusal for stock is not remembered', () => {
    const remembered = refusals()
    return {
      answer: reserving(({ id }) => remembered.get(id) ?? null),
      after: (command, outcome) => {
        if (command.kind === 'reserve' && !NOT_REMEMBERED.has(outcome.kind))
          remembered.set(command.id, outcome)
        return undefined
      },
    }
  }),
  bug(
    'a refused id is kept for its first buyer',
    'retries: an id that was refused may be asked again with other lines by another buyer',
    () => {
      const buyers = new Map<string, string>()
      return {
        answer: reserving(({ id, claims: { fingerprint } }) => {
          const first = buyers.get(id) ?? fingerprint.buyer
          buyers.set(id, first)
          return first === fingerprint.buyer ? null : { kind: 'id-reused', differs: ['buyer'] }
        }),
      }
    },
  ),
  bug(
    'an earlier grant is replayed to another buyer',
    'every command in every state: held: reserve for another buyer',
    () => ({
      rewrite: (command, { partition }) => {
        if (command.kind !== 'reserve') return command
        const known = partition.reservation(command.id)
        if (known === undefined || known.status === 'tombstoned') return command
        const { lines } = command.claims.fingerprint
        return {
          ...command,
          claims: { ...command.claims, fingerprint: { buyer: known.fingerprint.buyer, lines } },
        }
      },
    }),
  ),
  bug(
    'an earlier grant is replayed for other lines',
    'every command in every state: held: reserve other lines',
    () => ({
      rewrite: (command, { partition }) => {
        if (command.kind !== 'reserve') return command
        const known = partition.reservation(command.id)
        if (known === undefined || known.status === 'tombstoned') return command
        const { buyer } = command.claims.fingerprint
        return {
          ...command,
          claims: { ...command.claims, fingerprint: { buyer, lines: known.fingerprint.lines } },
        }
      },
    }),
  ),
  bug('a replay tells the deadline of the grant', 'retries: a replay tells the status as it is now', () => ({
    after: (command, outcome, { partition }) => {
      if (command.kind !== 'reserve' || outcome.kind !== 'replayed') return undefined
      const known = partition.reservation(command.id)
      const isHeld = known?.status === 'held'
      return isHeld ? { ...outcome, expiresAt: known.reservedAt + command.holdMs } : undefined
    },
  })),
  bug(
    'a reserve is granted however late it comes',
    'delayed calls: a reserve that arrives after its last instant takes nothing',
    () => ({
      rewrite: (command) =>
        command.kind === 'reserve' ? { ...command, notAfter: Number.MAX_SAFE_INTEGER } : command,
    }),
  ),
  bug(
    'an unknown id is released without a trace',
    'retries: undo before do: the late reserve is refused',
    () => ({
      answer: (command, { partition }) =>
        command.kind === 'release' && partition.reservation(command.id) === undefined
          ? { kind: 'tombstoned' }
          : null,
    }),
  ),
  bug('the marker goes with the hold', 'retries: an id that ended is never granted again', () => ({
    after: (command, outcome, { partition }) => {
      if (command.kind === 'release' && outcome.kind === 'released') partition.reservations.delete(command.id)
      return undefined
    },
  })),
]
