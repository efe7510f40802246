import type { Contents } from '@holdfast/core/adapter'
import { Column } from '../batch/columns.js'
import { movementDigest, TAGS } from '../batch/encode-command.js'
import { splitName } from '../batch/shape.js'
import { toldReservation } from '../batch/told-reservation.js'
import { accountText } from '../keys.js'

const ID_BYTES = 20

/** A part as `lua/rebuilding/load.lua` takes it: JSON, and the column of the ids. What is null is left out. */
export function encodeContents(part: Contents): readonly [json: string, ids: Buffer] {
  const { accounts, reservations, counters, guards, strikes, movements, owed, homes } = part
  const ids = new Column(ID_BYTES * (reservations.length + guards.length + owed.length + homes.length))
  for (const { id } of reservations) ids.id(id)
  for (const { state } of guards) ids.id(state.id)
  for (const { id } of [...owed, ...homes]) ids.id(id)
  const told = {
    accounts: accounts.map(accountOf),
    reservations: reservations.map(({ state }) => toldReservation(state)),
    counters: counters.map(({ name, used, archived }) => [...splitName(name), used, archived]),
    guards: guards.map(({ name, state }) => [...splitName(name), state.expiresAt]),
    strikes: strikes.map(({ name, state: { count, until, tag } }) => [
      ...[...splitName(name), count, until],
      ...[tag === null ? 0 : TAGS[tag.effect], tag?.until ?? 0],
    ]),
    movements: movements.map(({ account, movement, data }) => [
      ...[accountText(account), movement, movementDigest(data)],
    ]),
    owed: owed.length,
    homes: homes.map(({ home, record: { taking: _, ...record } }) => JSON.stringify({ ...record, home })),
  }
  return [JSON.stringify(told), ids.content]
}

function accountOf(account: Contents['accounts'][number]): object {
  const { key, available, reserved, sold, backordered, supplied, archived } = account
  const { opensAt, closesAt, backorderLimit, configVersion, version } = account
  const counters = [available, reserved, sold, backordered, supplied, archived]
  const window = { opensAt: opensAt ?? undefined, closesAt: closesAt ?? undefined }
  return { text: accountText(key), counters, ...window, backorderLimit, configVersion, version }
}
