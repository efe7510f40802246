/** Some of what a partition keeps under one key, and where the rest begins; `null`: there is no rest. */
export interface Chunk<Entry> {
  readonly entries: readonly Entry[]
  readonly next: string | null
}

type Field = readonly [field: Buffer, value: Buffer]

/** An entry of the stream, by its id. */
export interface StreamEntry {
  readonly id: string
  readonly at: number
  readonly log: Buffer
  /** The reserves of its batch, where the log tells of grants by their places among them. */
  readonly reserves?: PackedReserves
}

/** Columns of a batch's reserves, as they were sent, and the heads of what was granted, by shape. */
export interface PackedReserves {
  readonly shapes: Buffer
  readonly heads: Buffer
  readonly ids: Buffer
  readonly texts: Buffer
  readonly data: Buffer
}

/** What is asked for by key: accounts by their texts. */
export interface Asked {
  readonly accounts: readonly string[]
  /** Packed ids. */
  readonly reservations: readonly Buffer[]
  readonly subjects: readonly string[]
}

export type Record = Buffer | null

/** What is kept under the keys, in their order, all of one instant. */
export interface Found {
  /** The server's time, ms since the epoch. */
  readonly now: number
  /** `null`: the partition is not there. */
  readonly epoch: number | null
  readonly accounts: readonly Record[]
  readonly reservations: readonly Record[]
  readonly subjects: readonly Record[]
}

export const NOTHING: Asked = { accounts: [], reservations: [], subjects: [] }

/** What a partition keeps, as it stands when it is asked, or as it stood all at one instant. */
export interface PartitionContents {
  found(asked: Asked): Promise<Found>
  accounts(): Promise<Chunk<Field>>
  /** `limit`: about so many. */
  reservations(from: string | null, limit: number): Promise<Chunk<Field>>
  subjects(from: string | null, limit: number): Promise<Chunk<Field>>
  outbox(from: string | null, limit: number): Promise<Chunk<StreamEntry>>
  /** What entries of the outbox that were removed did to accounts. */
  carried(): Promise<readonly Field[]>
}

/** Fields and values of a hash, as the server tells them. */
export function fieldsOf(flat: readonly Buffer[]): readonly Field[] {
  return Array.from({ length: flat.length / 2 }, (_, at) => [
    flat[2 * at] as Buffer,
    flat[2 * at + 1] as Buffer,
  ])
}

/** Entries of a stream, as the server tells them. */
export function streamOf(told: readonly (readonly [Buffer, readonly Buffer[]])[]): readonly StreamEntry[] {
  return told.map(([id, [, at, , log, , shapes, , heads, , ids, , texts, , data]]) => ({
    ...{ id: String(id), at: Number(at), log: log as Buffer },
    ...(shapes === undefined ? {} : { reserves: { shapes, heads, ids, texts, data } as PackedReserves }),
  }))
}
