import type { Message } from '../port/message.js'

/** Whether one is the other sent again: when it was written, and its trace, may differ. */
export function isSameMessage(one: Message, other: Message): boolean {
  return (
    one.id === other.id &&
    one.aggregate === other.aggregate &&
    one.key === other.key &&
    one.type === other.type &&
    isSamePayload(one.payload, other.payload)
  )
}

function isSamePayload(one: string | Uint8Array, other: string | Uint8Array): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
