import { bytes, integer, integers, type Row, text } from '../server/column.js'
import type { PlannedEvent } from '../server/write-plan.js'
import type { TableNames } from '../table-names.js'
import { type CopiedRows, PLACE } from './copied-rows.js'
import { givenRows } from './given-rows.js'
import { literals } from './literals.js'

const COUNTERS = ['available', 'reserved', 'sold', 'backordered', 'supplied']
  .map((name, index) => `'${index === 0 ? '' : ','}"${name}":', t.${name}`)
  .join(', ')
/** Of a row of the outbox, after its position and id. */
const TOLD = [
  ...[text('aggregatetype'), bytes('aggregateid'), text('type'), text('payload')],
  ...integers('version', 'order_version', 'at'),
]

/** Of a row that tells of an account, beside what the account itself holds. */
const TOLD_OF_ACCOUNT = [
  ...[integer('place'), text('aggregatetype'), bytes('aggregateid'), text('type'), text('payload')],
  ...[integer('at'), integer('account')],
]

/** Rows of the outbox at the partition's next positions. What they tell of accounts is read as it was written. */
export function toldStatements(
  events: readonly PlannedEvent[],
  { outbox, partitions, accounts }: TableNames,
  fresh: CopiedRows | null,
  isMariadb: boolean,
): readonly string[] {
  const into = `insert into ${outbox} (seq, id, ${TOLD.map(({ name }) => name).join(', ')})`
  const told: Row[] = []
  const places: number[] = []
  const ofAccounts: Row[] = []
  events.forEach((event, place) => {
    const { aggregatetype, aggregateid, type, payload, version, orderVersion, at, account } = event
    if (account === undefined) {
      places.push(place)
      told.push([aggregatetype, aggregateid, type, payload, version, orderVersion, at])
    } else {
      ofAccounts.push([place, aggregatetype, aggregateid, type, payload, at, account])
    }
  })
  const statements = [
    `select events - ${events.length}, concat('main/', epoch, '/', sequence, '/')
     into @holdfast_seq, @holdfast_place from ${partitions} where name = 'main'`,
  ]
  if (told.length > 0) statements.push(`${into} ${toldOfOthers(told, places, fresh)}`)
  if (ofAccounts.length > 0) {
    const { values, beside } = givenRows(TOLD_OF_ACCOUNT, ofAccounts, isMariadb)
    const [place = '', aggregate, id, type, payload, at, account] = values
    statements.push(
      `${into} select ${placed(place)}, ${aggregate}, ${id}, ${type}, concat(${payload}, ${COUNTERS}, '}'),
       t.version, null, ${at} from ${beside(accounts)} where t.number = ${account}`,
    )
  }
  return statements
}

/** Those of another store, under the ids that they have there. */
export function carriedStatements(
  events: readonly PlannedEvent[],
  { outbox, partitions }: TableNames,
): readonly string[] {
  const columns = [text('id'), ...TOLD]
  const rows = events.map(
    ({ id, aggregatetype, aggregateid, type, payload, version, orderVersion, at }, place) =>
      `(@holdfast_seq + 1 + ${place},${literals(columns, [
        ...[id, aggregatetype, aggregateid, type, payload],
        ...[version, orderVersion, at],
      ])})`,
  )
  return [
    `select events - ${events.length} into @holdfast_seq from ${partitions} where name = 'main'`,
    `insert into ${outbox} (seq, ${columns.map(({ name }) => name).join(', ')}) values ${rows.join(',')}`,
  ]
}

function toldOfOthers(told: readonly Row[], places: readonly number[], fresh: CopiedRows | null): string {
  const isUnbroken = places.at(-1) === places.length - 1
  const copied = isUnbroken ? (fresh?.columns(TOLD, told) ?? null) : null
  if (fresh !== null && copied !== null) {
    return `select ${placed(PLACE)}, ${copied.join(',')} from ${fresh.from}`
  }
  return `values ${told.map((row, index) => `(${placed(places[index] ?? 0)},${literals(TOLD, row)})`).join(',')}`
}

/** The position and id of the event at this place of the batch. */
function placed(place: number | string): string {
  return `@holdfast_seq + 1 + ${place}, concat(@holdfast_place, ${place})`
}
