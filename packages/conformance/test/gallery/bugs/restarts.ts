import { forgetful, type PlantedBug } from '../planted-bug.js'

/** Wrong only when the process is restarted. */
export const RESTARTS: readonly PlantedBug[] = [
  forgetful('a hold is still held', ({ partition }) => {
    for (const [id, { status }] of partition.reservations)
      if (status === 'held') partition.reservations.delete(id)
  }),
  forgetful('an ended order still occupies its id', ({ partition }) => {
    for (const [id, { status }] of partition.reservations)
      if (status === 'released') partition.reservations.delete(id)
  }),
  forgetful('a paid order is still paid, by its payment', ({ partition }) => {
    for (const [id, state] of partition.reservations)
      if (state.status === 'confirmed') partition.reservations.set(id, { ...state, payment: '' })
  }),
  forgetful('a tombstone still stands', ({ partition }) => {
    for (const [id, { status }] of partition.reservations)
      if (status === 'tombstoned') partition.reservations.delete(id)
  }),
  forgetful('a limit still counts', ({ partition }) => partition.counters.clear()),
  forgetful('a guard is still open', ({ partition }) => partition.guards.clear()),
  forgetful('strikes and tags still count', ({ partition }) => partition.strikeRecords.clear()),
  forgetful('a movement is still applied once', ({ partition }) => partition.movements.clear()),
  forgetful('settings still stand, with their version', ({ partition }) => {
    for (const account of partition.accounts.values())
      Object.assign(account, { closesAt: null, configVersion: 0 })
  }),
  forgetful('what fell due meanwhile is swept', (store) => {
    store.partition.due = () => []
  }),
  forgetful('who is owed units is still owed them, the longest first', (store) => {
    const owed = store.partition.owed.bind(store.partition)
    store.partition.owed = (key, most) => [...owed(key, Number.MAX_SAFE_INTEGER)].sort().slice(0, most)
  }),
  forgetful('a return is still applied once', ({ partition }) => {
    for (const [key, data] of partition.movements)
      if (data.startsWith('["return"')) partition.movements.delete(key)
  }),
  forgetful('events told before are told no other way, and later ones follow them', ({ kept }) => {
    kept.length = 0
  }),
  forgetful('the epoch stands over a restart that lost nothing', (store) => {
    store.epoch += 1
  }),
]
