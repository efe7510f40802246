import type { PackedReserves } from '../reading/partition-contents.js'
import type { Words } from '../words.js'
import { Cursor } from './cursor.js'
import { headAt, type ReservationHead, textsAt } from './reservation-record.js'

/** A grant as it stands in the columns of its batch. */
export interface GrantInColumns {
  readonly id: string
  readonly head: ReservationHead
  readonly texts: readonly string[]
  readonly data: string | null
}

/** The reserves of a batch, read from the first to the last: `lua/includes/plain-reserve.lua` tells which were granted. */
export class GrantColumns {
  private readonly shapes: Cursor
  private readonly ids: Cursor
  private readonly texts: Cursor
  private readonly data: Cursor
  /** By shape; `null` where none of it was granted. */
  private readonly heads: readonly (ReservationHead | null)[]
  private passed = 0

  constructor({ shapes, heads, ids, texts, data }: PackedReserves, words: Words) {
    this.shapes = new Cursor(shapes)
    this.ids = new Cursor(ids)
    this.texts = new Cursor(texts)
    this.data = new Cursor(data)
    this.heads = headsIn(new Cursor(heads), words)
  }

  /** The grants of these places, which lie behind those read before. */
  *run(from: number, count: number): Iterable<GrantInColumns> {
    while (this.passed < from) this.pass()
    for (let index = 0; index < count; index++) yield this.next()
  }

  private next(): GrantInColumns {
    this.passed += 1
    const head = this.heads[this.shapes.short()] as ReservationHead
    const id = this.ids.id()
    this.texts.count()
    return { id, head, texts: textsAt(head, this.texts), data: optionalIn(this.data) }
  }

  private pass(): void {
    this.passed += 1
    this.shapes.short()
    this.ids.slice(this.ids.short())
    this.texts.slice(this.texts.count())
    this.data.slice(this.data.short())
  }
}

function headsIn(cursor: Cursor, words: Words): readonly (ReservationHead | null)[] {
  const heads: (ReservationHead | null)[] = []
  while (!cursor.isAtEnd) {
    const packed = cursor.slice(cursor.short())
    heads.push(packed.length === 0 ? null : headAt(new Cursor(packed), words))
  }
  return heads
}

/** As records keep it, behind the length of both in the column. */
function optionalIn(column: Cursor): string | null {
  column.short()
  return column.optional()
}
