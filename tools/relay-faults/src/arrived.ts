import { readTopic } from '../../services/kafka-contents.js'
import { knexAt, outboxOf, type Place } from './place.js'
import { SeenVersions } from './seen-versions.js'

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
  const seen = new SeenVersions()
  let strangers = 0
  await readTopic(brokers, topic, ({ key, headers }) => {
    const name = String(key)
    const version = Number(headers?.version?.toString())
    if (version > (versions.get(name) ?? 0)) strangers++
    seen.add(name, version)
  })
  const { repeated, disordered } = seen
  return { ...seen.of(things), parked, strangers, repeated, disordered }
}
