import { idOf } from '../ids.js'

/** Reads packed values one behind the other: the counterpart of `lua/includes/packing.lua`. */
export class Cursor {
  private at = 0

  constructor(readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length
  }

  byte(): number {
    return this.bytes.readUInt8(this.skip(1))
  }

  short(): number {
    return this.bytes.readUInt16LE(this.skip(2))
  }

  /** Three bytes: the number of a text. */
  word(): number {
    return this.bytes.readUIntLE(this.skip(3), 3)
  }

  /** Four bytes. */
  count(): number {
    return this.bytes.readUInt32LE(this.skip(4))
  }

  /** Seven bytes: up to 2^53. */
  large(): number {
    const at = this.skip(7)
    return this.bytes.readUIntLE(at, 4) + this.bytes.readUIntLE(at + 4, 3) * 2 ** 32
  }

  text(): string {
    const length = this.short()
    const at = this.skip(length)
    return this.bytes.toString('utf8', at, at + length)
  }

  id(): string {
    return idOf(this.slice(this.short()))
  }

  optional(): string | null {
    const text = this.text()
    return text === '' ? null : text.slice(1)
  }

  /** So many bytes, as they are. */
  slice(length: number): Buffer {
    const at = this.skip(length)
    return this.bytes.subarray(at, at + length)
  }

  /** All that follows. */
  rest(): Buffer {
    return this.slice(this.bytes.length - this.at)
  }

  list<T>(length: number, one: () => T): T[] {
    return Array.from({ length }, one)
  }

  private skip(length: number): number {
    const at = this.at
    this.at += length
    return at
  }
}
