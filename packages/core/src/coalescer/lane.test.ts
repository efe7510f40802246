import { expect, test } from 'vitest'
import { Entry } from './entry.js'
import { Flight } from './flight.js'
import { KeyOrder } from './key-order.js'
import { Lane } from './lane.js'
import { reserve } from './sample-commands.js'

const ROOM = 1_000
const noneIsDue = () => {
  throw new Error('none is due')
}

function queued(id: string, claims = 1): Entry {
  return new Entry(reserve(id, claims), Number.POSITIVE_INFINITY)
}
function ids(flight: Flight): (string | undefined)[] {
  return flight.entries.map((entry) => entry.id)
}

test('first come, first served, however far the ring has turned and grown', () => {
  const lane = new Lane()
  const taken: (string | undefined)[] = []
  let made = 0
  for (const count of [10, 15, 40, 3, 100, 7]) {
    for (let n = 0; n < count; n++) lane.push(queued(`${made++}`))
    const flight = new Flight()
    lane.take(flight, Math.ceil(count / 2), ROOM, 0, noneIsDue)
    taken.push(...ids(flight))
  }
  const rest = new Flight()
  lane.take(rest, ROOM, ROOM, 0, noneIsDue)
  taken.push(...ids(rest))
  expect(taken).toEqual(Array.from({ length: made }, (_, n) => `${n}`))
  expect([lane.waiting, lane.held]).toEqual([0, 0])
})

test('one held back that does not fit is not passed over, by those held back behind it nor by newcomers', () => {
  const lane = new Lane()
  const order = new KeyOrder()
  const elsewhere = new Flight()
  const out = [queued('a'), queued('b')]
  const late = [queued('a', 3), queued('b')]
  for (const entry of [...out, ...late]) order.enter(entry)
  for (const entry of out) elsewhere.take(entry)
  for (const entry of late) lane.push(entry)
  const blocked = new Flight()
  lane.take(blocked, ROOM, ROOM, 0, noneIsDue)
  expect([blocked.size, lane.waiting]).toEqual([0, 2])
  for (const entry of out) order.leave(entry, 'finished')
  lane.push(queued('c'))
  const flight = new Flight()
  flight.take(queued('of another lane', 2))
  lane.take(flight, ROOM, 4, 0, noneIsDue)
  expect(ids(flight)).toEqual(['of another lane'])
  const next = new Flight()
  lane.take(next, ROOM, 4, 0, noneIsDue)
  expect(ids(next)).toEqual(['a', 'b'])
})

test('dropped entries are forgotten before they outnumber those that wait by far', () => {
  const lane = new Lane()
  lane.push(queued('kept'))
  for (let n = 0; n < 10_000; n++) {
    const entry = queued(`${n}`)
    lane.push(entry)
    entry.standing = 'dropped'
    lane.leave()
    expect(lane.held).toBeLessThan(25)
  }
  expect(lane.waiting).toBe(1)
})
