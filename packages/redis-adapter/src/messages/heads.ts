import type { KeyName, KeyTrouble, Message, Parking, SendAttempts } from '@holdfast/core/adapter'
import { keyText } from './position.js'

/** What is known of a message that is parked by itself. `lua/messages/resume.lua` reads it as well. */
export interface Head {
  readonly id: string
  readonly reach: 'alone' | 'whole-key'
  /** Its key, as members of sorted sets begin with it. */
  readonly name: string
  readonly started: number
  readonly finished: number
  readonly error: string
}

export function headText({ message, started, finished, error }: Parking, reach: Head['reach']): string {
  const head: Head = { id: message.id, reach, name: keyText(message), started, finished, error }
  return JSON.stringify(head)
}

export function headOf(text: Buffer): Head {
  return JSON.parse(String(text)) as Head
}

/** Where a key's messages begin that wait for an operator, because an earlier one of it does. */
export class SetAsideKeys {
  private readonly first = new Map<string, string>()

  static of(heads: readonly (readonly [position: Buffer, head: Buffer])[]): SetAsideKeys {
    const keys = new SetAsideKeys()
    for (const [position, text] of heads) {
      const { reach, name } = headOf(text)
      if (reach === 'whole-key') keys.add(name, String(position))
    }
    return keys
  }

  get isEmpty(): boolean {
    return this.first.size === 0
  }

  add(name: string, position: string): void {
    const known = this.first.get(name)
    if (known === undefined || position < known) this.first.set(name, position)
  }

  has(message: Message, position: string): boolean {
    const first = this.first.get(keyText(message))
    return first !== undefined && first < position
  }
}

export function troubleField({ aggregate, key }: KeyName): string {
  return JSON.stringify([aggregate, key])
}

export function troubleText({ position, started, finished, error }: SendAttempts): string {
  return JSON.stringify({ position, started, finished, error })
}

export function troubleOf([field, text]: readonly [Buffer, Buffer]): KeyTrouble {
  const [aggregate, key] = JSON.parse(String(field)) as [string, string]
  return { aggregate, key, ...(JSON.parse(String(text)) as SendAttempts) }
}
