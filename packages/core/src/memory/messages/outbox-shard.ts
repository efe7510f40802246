import { HoldfastError } from '../../errors.js'
import type { Message } from '../../port/message.js'
import type { Attempts, KeyName, KeyTrouble, ParkedMessage, Parking } from '../../port/outbox.js'
import type { StoreClock } from '../clock.js'

interface Parked extends Parking {
  readonly reach: 'alone' | 'whole-key'
  readonly at: number
}

/** What waits in one part of an outbox, and who may send it. */
export class OutboxShard {
  /** In the order of their positions. */
  readonly waiting = new Map<number, Message>()
  private readonly parked = new Map<number, Parked>()
  private readonly troubles = new Map<string, KeyTrouble>()
  private fence = 0
  private leasedUntil = 0
  private deaths = -1
  /** Grows when messages wait again. */
  resumed = 0

  constructor(
    readonly name: string,
    private readonly clock: StoreClock,
  ) {}

  /** @returns the new lease's fence, or `null` while another has the shard */
  take(leaseMs: number): { readonly fence: number; readonly deaths: number } | null {
    const now = this.clock.now()
    if (this.leasedUntil > now) return null
    // Those that were renewed or released have set it to −1: they lived.
    this.deaths++
    this.leasedUntil = now + leaseMs
    return { fence: ++this.fence, deaths: this.deaths }
  }

  renew(fence: number, leaseMs: number): void {
    this.check(fence)
    this.leasedUntil = this.clock.now() + leaseMs
    this.deaths = -1
  }

  release(fence: number): void {
    if (fence !== this.fence) return
    this.leasedUntil = 0
    this.deaths = -1
  }

  /** @throws HoldfastError `fenced` */
  check(fence: number): void {
    if (fence === this.fence && this.leasedUntil > this.clock.now()) return
    throw new HoldfastError('fenced', `the lease ${fence} of shard ${this.name} is over`)
  }

  /** Where a message is set aside: by itself, or with its key. */
  isSetAside(position: number, message: Message): boolean {
    return this.parkingOf(position, message) !== null
  }

  park(message: Parking, reach: 'alone' | 'whole-key'): void {
    const position = message.position as number
    this.parked.set(position, { ...message, reach, at: this.clock.now() })
    this.troubles.delete(nameOf(message.message))
  }

  note(key: KeyName, trouble: Attempts | null): void {
    const { aggregate, key: name } = key
    if (trouble === null) this.troubles.delete(nameOf(key))
    else this.troubles.set(nameOf(key), { ...trouble, aggregate, key: name })
  }

  notes(): readonly KeyTrouble[] {
    return [...this.troubles.values()]
  }

  resume(id: string): number {
    const before = this.setAside().length
    const parked = this.parkedOf(id)
    if (parked === undefined) return 0
    this.parked.delete(parked.position as number)
    this.resumed++
    return before - this.setAside().length
  }

  discard(id: string): boolean {
    const parked = this.parkedOf(id)
    if (parked === undefined) return false
    this.parked.delete(parked.position as number)
    this.waiting.delete(parked.position as number)
    this.resumed++
    return true
  }

  /** Oldest first, with where they stand. */
  setAside(): readonly (ParkedMessage & { readonly position: number })[] {
    return [...this.waiting].flatMap(([position, message]) => {
      const parking = this.parkingOf(position, message)
      if (parking === null) return []
      const isItself = parking.position === position
      const { started, finished } = isItself ? parking : { started: 0, finished: 0 }
      const reason = isItself ? parking.error : null
      return [{ shard: this.name, position, message, reason, started, finished, parkedAt: parking.at }]
    })
  }

  /** Keys in trouble, and keys set aside as a whole. */
  blockedKeys(): number {
    const whole = [...this.parked.values()].filter(({ reach }) => reach === 'whole-key')
    return new Set([...this.troubles.keys(), ...whole.map(({ message }) => nameOf(message))]).size
  }

  private parkingOf(position: number, message: Message): Parked | null {
    const itself = this.parked.get(position)
    if (itself !== undefined) return itself
    for (const parked of this.parked.values()) {
      const isWhole = parked.reach === 'whole-key' && (parked.position as number) < position
      if (isWhole && nameOf(parked.message) === nameOf(message)) return parked
    }
    return null
  }

  private parkedOf(id: string): Parked | undefined {
    return [...this.parked.values()].find(({ message }) => message.id === id)
  }
}

function nameOf({ aggregate, key }: KeyName): string {
  return JSON.stringify([aggregate, key])
}
