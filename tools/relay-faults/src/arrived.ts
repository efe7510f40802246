import { readTopic } from '../../services/kafka-contents.js'
import { knexAt, outboxOf, type Place } from './place.js'

/** What became of the messages of a place. */
export interface Arrived {
  /** Written and committed. */
  readonly written: number
  /** Of those, not in the topic. */
  readonly missing: number
  /** Of those, set aside for an operator. */
  readonly parked: number
  /** In the topic, and written by nobody. */
  readonly strangers: number
  /** There more than once. */
  readonly repeated: number
  /** Came first behind a later one of their key. */
  readonly disordered: number
}

/** Compares the topic with what was written: every version of each key, from 1 to its last. */
export async function arrivedAt({ databaseUrl, brokers, topic }: Place): Promise<Arrived> {
  const knex = knexAt(databaseUrl)
  const things: { key: string; version: number }[] = await knex('things')
  const { parked } = await outboxOf(knex).metrics()
  await knex.destroy()
  const versions = new Map(things.map(({ key, version }) => [key, version]))
  const seen = new Map<string, Set<number>>()
  let [repeated, disordered, strangers] = [0, 0, 0]
  await readTopic(brokers, topic, ({ key, headers }) => {
    const name = String(key)
    const version = Number(headers?.version?.toString())
    const before = seen.get(name) ?? new Set<number>()
    seen.set(name, before)
    if (before.has(version)) repeated++
    else if (version !== before.size + 1) disordered++
    if (version > (versions.get(name) ?? 0)) strangers++
    before.add(version)
  })
  const written = things.reduce((sum, { version }) => sum + version, 0)
  const found = things.reduce((sum, { key }) => sum + (seen.get(key)?.size ?? 0), 0)
  return { written, missing: written - found, parked, strangers, repeated, disordered }
}
