import { PACKED_UUID_BYTES, writeUuid } from '../ids.js'

const EQUALS = '='.charCodeAt(0)

/** Values of one kind, packed one behind the other. Grows as it needs to. */
export class Column {
  private bytes: Buffer
  private end = 0

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size)
  }

  /** A text behind its length in two bytes. */
  text(text: string): void {
    this.room(2 + text.length * 3)
    const length = this.bytes.write(text, this.end + 2)
    this.bytes.writeUInt16LE(length, this.end)
    this.end += 2 + length
  }

  /** An id, behind the length of what it takes in two bytes. */
  id(id: string): void {
    this.room(2 + PACKED_UUID_BYTES)
    if (writeUuid(id, this.bytes, this.end + 2)) {
      this.bytes.writeUInt16LE(PACKED_UUID_BYTES, this.end)
      this.end += 2 + PACKED_UUID_BYTES
    } else this.text(id)
  }

  /** A number of 0 to 65,535. */
  short(value: number): void {
    this.room(2)
    this.end = this.bytes.writeUInt16LE(value, this.end)
  }

  double(value: number): void {
    this.room(8)
    this.end = this.bytes.writeDoubleLE(value, this.end)
  }

  /** What follows stands behind its length in four bytes, until the group ends. */
  beginGroup(): number {
    this.room(4)
    const begin = this.end
    this.end += 4
    return begin
  }

  endGroup(begin: number): void {
    this.bytes.writeUInt32LE(this.end - begin - 4, begin)
  }

  /** A text that may be missing, as records keep it: behind `=`; in a group of two bytes' length. */
  optionalInGroup(text: string | null): void {
    if (text === null) {
      this.short(2)
      this.short(0)
      return
    }
    this.room(5 + text.length * 3)
    const length = this.bytes.write(text, this.end + 5)
    this.bytes.writeUInt16LE(length + 3, this.end)
    this.bytes.writeUInt16LE(length + 1, this.end + 2)
    this.bytes[this.end + 4] = EQUALS
    this.end += 5 + length
  }

  /** Its bytes so far: a view, not a copy. */
  get content(): Buffer {
    return this.bytes.subarray(0, this.end)
  }

  private room(wanted: number): void {
    if (this.end + wanted <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.end + wanted))
    this.bytes.copy(grown, 0, 0, this.end)
    this.bytes = grown
  }
}
