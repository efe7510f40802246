import type { Command, Outcome, ReservationStore, Status } from '@holdfast/core/adapter'
import type { Case, Need } from '../kit/case.js'
import { START } from '../kit/virtual-clock.js'
import {
  confirm,
  extend,
  fill,
  giveBack,
  HOLD_MS,
  MINUTE,
  release,
  reserve,
  SHIRT,
  shrink,
  sweep,
  units,
} from '../scenario/commands.js'
import type { Expected } from '../scenario/scenario.js'
import { ORDER, RETAKE, STATES, type StateName } from './states.js'
import { story } from './story.js'

const ID = 'order'
const EXPIRES = START + HOLD_MS

interface Asked {
  readonly command: Command
  readonly needs?: readonly Need[]
}

const COMMANDS = {
  'reserve again': { command: reserve(ID, ORDER) },
  'reserve for another buyer': { command: reserve(ID, { ...ORDER, buyer: 'another' }) },
  'reserve other lines': { command: reserve(ID, { ...ORDER, units: [units(1)] }) },
  'reserve other lines for another buyer': {
    command: reserve(ID, { ...ORDER, units: [units(1)], buyer: 'another' }),
  },
  'reserve again when it is too late': { command: reserve(ID, { ...ORDER, notAfter: START - 1 }) },
  extend: { command: extend(ID, 15 * MINUTE) },
  'shrink to less': { command: shrink(ID, units(1)) },
  'shrink to the same': { command: shrink(ID, units(2)) },
  'shrink to more': { command: shrink(ID, units(3)) },
  confirm: { command: confirm(ID) },
  'confirm with another payment': { command: confirm(ID, 'another payment') },
  'confirm, bringing the claims': { command: confirm(ID, 'payment', RETAKE) },
  'release for the buyer': { command: release(ID, 'buyer') },
  'release for the seller': { command: release(ID, 'seller') },
  'release as a rollback': { command: release(ID, 'rollback') },
  'return a unit': { command: giveBack(ID, 'return'), needs: ['returns'] },
  'return more than there is': { command: giveBack(ID, 'return', { units: [units(3)] }), needs: ['returns'] },
  sweep: { command: sweep() },
  fill: { command: fill(), needs: ['backorder'] },
} as const satisfies Record<string, Asked>

type CommandName = keyof typeof COMMANDS
type Answers = Readonly<Record<CommandName, Expected>>

function already(status: Status): Outcome {
  return { kind: 'already', status }
}

function swept(expired: readonly string[], nextDueAt: number | null): Outcome {
  return { kind: 'swept', expired, more: false, nextDueAt }
}

const REFUND: Outcome = { kind: 'refund-required', why: { kind: 'released' } }
const DUPLICATE: Outcome = { kind: 'refund-required', why: { kind: 'duplicate-payment', paid: 'payment' } }
const EXCEEDS: Outcome = { kind: 'exceeds', account: SHIRT, held: 2 }

/** What any reserve of an id that stands in `status` is answered, before anything else is asked. */
function replays(status: Status, expiresAt: number | null) {
  const replayed: Outcome = { kind: 'replayed', status, expiresAt }
  return {
    'reserve again': replayed,
    'reserve for another buyer': { kind: 'id-reused', differs: ['buyer'] },
    'reserve other lines': { kind: 'id-reused', differs: ['lines'] },
    'reserve other lines for another buyer': { kind: 'id-reused', differs: ['buyer', 'lines'] },
    'reserve again when it is too late': replayed,
  } as const
}

function live(status: 'held' | 'deferred'): Answers {
  return {
    ...replays(status, EXPIRES),
    extend: { kind: 'extended', expiresAt: START + 15 * MINUTE },
    'shrink to less': 'shrunk',
    'shrink to the same': 'shrunk',
    'shrink to more': EXCEEDS,
    confirm: { kind: 'confirmed', late: false, owed: [] },
    'confirm with another payment': { kind: 'confirmed', late: false, owed: [] },
    'confirm, bringing the claims': { kind: 'confirmed', late: false, owed: [] },
    'release for the buyer': 'released',
    'release for the seller': 'released',
    'release as a rollback': 'released',
    'return a unit': already(status),
    'return more than there is': already(status),
    sweep: swept([], EXPIRES),
    fill: { kind: 'filled', lines: [], more: false },
  }
}

/** Ended: nothing is to be done any more, but what a payment finds. */
function ended(status: Status, payment: Outcome): Answers {
  return {
    ...replays(status, null),
    extend: already(status),
    'shrink to less': already(status),
    'shrink to the same': already(status),
    'shrink to more': already(status),
    confirm: payment,
    'confirm with another payment': payment,
    'confirm, bringing the claims': payment,
    'release for the buyer': already(status),
    'release for the seller': already(status),
    'release as a rollback': already(status),
    'return a unit': already(status),
    'return more than there is': already(status),
    sweep: swept([], null),
    fill: { kind: 'filled', lines: [], more: false },
  }
}

const EXPIRED = ended('expired', { kind: 'confirmed', late: true, owed: [] })
const CONFIRMED: Answers = {
  ...ended('confirmed', already('confirmed')),
  'confirm with another payment': DUPLICATE,
  'release as a rollback': 'released',
  'return a unit': 'returned',
  'return more than there is': EXCEEDS,
}
const UNKNOWN: Answers = {
  'reserve again': { kind: 'granted', stock: 'taken', owed: [], expiresAt: EXPIRES },
  'reserve for another buyer': 'granted',
  'reserve other lines': 'granted',
  'reserve other lines for another buyer': 'granted',
  'reserve again when it is too late': 'late',
  extend: 'unknown-id',
  'shrink to less': 'unknown-id',
  'shrink to the same': 'unknown-id',
  'shrink to more': 'unknown-id',
  confirm: 'unknown-id',
  'confirm with another payment': 'unknown-id',
  'confirm, bringing the claims': { kind: 'confirmed', late: true, owed: [] },
  'release for the buyer': 'tombstoned',
  'release for the seller': 'tombstoned',
  'release as a rollback': 'tombstoned',
  'return a unit': 'unknown-id',
  'return more than there is': 'unknown-id',
  sweep: swept([], null),
  fill: { kind: 'filled', lines: [], more: false },
}
const PAID_BUT_OWED: Outcome = { kind: 'confirmed', late: false, owed: [units(1)] }

/** A command or a state that is added without its answers does not compile. */
const ANSWERS: Readonly<Record<StateName, Answers>> = {
  unknown: UNKNOWN,
  held: live('held'),
  'held, due but not swept': { ...EXPIRED, sweep: swept([ID], null) },
  'held, one unit owed': {
    ...live('held'),
    confirm: PAID_BUT_OWED,
    'confirm with another payment': PAID_BUT_OWED,
    'confirm, bringing the claims': PAID_BUT_OWED,
  },
  deferred: live('deferred'),
  'deferred, due but not swept': { ...EXPIRED, sweep: swept([ID], null) },
  confirmed: CONFIRMED,
  'confirmed, one unit returned': {
    ...CONFIRMED,
    'return more than there is': { kind: 'exceeds', account: SHIRT, held: 1 },
  },
  'confirmed, one unit owed': {
    ...CONFIRMED,
    'return more than there is': { kind: 'exceeds', account: SHIRT, held: 1 },
  },
  'cancelled by its buyer': ended('released', REFUND),
  'cancelled by its seller': ended('released', REFUND),
  'rolled back after it was paid': ended('released', REFUND),
  expired: EXPIRED,
  'in need of a refund': ended('refund-required', REFUND),
  tombstoned: {
    ...ended('tombstoned', REFUND),
    'reserve again': 'tombstoned',
    'reserve for another buyer': 'tombstoned',
    'reserve other lines': 'tombstoned',
    'reserve other lines for another buyer': 'tombstoned',
    'reserve again when it is too late': 'tombstoned',
  },
}

/** Every command on an order in every state. */
export const EVERY_COMMAND_BY_STATE: readonly Case<ReservationStore>[] = (
  Object.keys(STATES) as StateName[]
).flatMap((state) =>
  (Object.keys(COMMANDS) as CommandName[]).map((name) => {
    const asked: Asked = COMMANDS[name]
    const { steps, needs = [] } = STATES[state]
    const all = new Set([...needs, ...(asked.needs ?? [])])
    return story(`${state}: ${name}`, [...steps(ID), [asked.command, ANSWERS[state][name]]], ...all)
  }),
)
