/** As clients take bytes: a Buffer over the same memory. */
export function bytesOf(value: string | Uint8Array): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

/** For clients that take texts too: those as they are. */
export function textOrBytes(value: string | Uint8Array): string | Buffer {
  return typeof value === 'string' ? value : bytesOf(value)
}
