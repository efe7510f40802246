import type { Guard, LimitUse, Reserve } from '@holdfast/core/adapter'
import { rootText, subjectBegins } from '../keys.js'
import { type Shape, shapeOfReserve, Texts } from './shape.js'

/** From so many alike orders in one batch on, the server keeps what they have in common once for all. */
const MANY = 4

/** The shapes of a batch's reserves, each once. */
export class ShapesOfBatch {
  /** The texts of the command that was added last. */
  texts: readonly string[] = []
  private readonly numbers = new Map<string, number>()
  private last: Likeness | null = null
  /** How many commands have each shape. */
  private readonly counts: number[] = []

  /** The number of its shape. */
  add(command: Reserve): number {
    const { last } = this
    const own = last === null ? null : last.textsOf(command)
    if (last !== null && own !== null) {
      this.texts = own
      return this.counted(last.number)
    }
    const texts = new Texts()
    const shape = shapeOfReserve(command, texts)
    const key = JSON.stringify(shape)
    let number = this.numbers.get(key)
    if (number === undefined) {
      number = this.numbers.size
      this.numbers.set(key, number)
    }
    this.texts = texts.all
    this.last = Likeness.of(command, shape, number)
    return this.counted(number)
  }

  encoded(): string {
    const shapes = [...this.numbers.keys()].map((shape, number) =>
      (this.counts[number] ?? 0) < MANY ? shape : `{"c":1,${shape.slice(1)}`,
    )
    return shapes.length === 0 ? '' : `[${shapes.join(',')}]`
  }

  private counted(number: number): number {
    this.counts[number] = (this.counts[number] ?? 0) + 1
    return number
  }
}

/** Tells quickly whether a command is of the shape of the one before: in a sale nearly every one is. */
class Likeness {
  private constructor(
    private readonly command: Reserve,
    private readonly shape: Shape,
    readonly number: number,
  ) {}

  /** `null` for commands of which no other is looked at so closely. */
  static of(command: Reserve, shape: Shape, number: number): Likeness | null {
    const { risk, refuse, claims, guards, home } = command
    const isRotating = (name: LimitUse | Guard) => name.prior.length > 0
    if (risk !== null || refuse !== null || claims.fingerprint.buyer !== home) return null
    if (claims.uses.some(isRotating) || guards.some(isRotating) || shape.l.some((line) => line.length > 2))
      return null
    return new Likeness(command, shape, number)
  }

  /** Its texts, if it is alike. */
  textsOf(command: Reserve): readonly string[] | null {
    const { claims, guards, home } = command
    const { command: known, shape } = this
    const { uses } = claims
    if (!isAlike(known, command) || uses.length !== shape.u.length || guards.length !== shape.g.length)
      return null
    const texts = [home]
    for (let at = 0; at < uses.length; at++) {
      const use = uses[at] as LimitUse
      const like = known.claims.uses[at] as LimitUse
      const isSame =
        use.max === like.max && use.lines === like.lines && use.from === like.from && use.to === like.to
      const [root, position] = shape.u[at] as Shape['u'][number]
      if (!isSame || use.prior.length > 0 || !named(use.counter, root, position, texts)) return null
    }
    for (let at = 0; at < guards.length; at++) {
      const guard = guards[at] as Guard
      const [root, position] = shape.g[at] as Shape['g'][number]
      if (guard.prior.length > 0 || !named(guard.name, root, position, texts)) return null
    }
    return texts
  }
}

/** But for names; lists by identity: those of alike orders are the policy's own, and shared. */
function isAlike(one: Reserve, other: Reserve): boolean {
  return (
    other.claims.units === one.claims.units &&
    other.claims.fingerprint.lines === one.claims.fingerprint.lines &&
    other.claims.fingerprint.buyer === other.home &&
    other.claims.backorder === one.claims.backorder &&
    other.stock === one.stock &&
    other.holdMs === one.holdMs &&
    other.maxHoldMs === one.maxHoldMs &&
    other.evenIfClosed === one.evenIfClosed &&
    other.risk === null &&
    other.refuse === null
  )
}

/** Whether the name has this root, and its subject this place among the texts; a new one is put there. */
function named(name: string, root: string, position: number, texts: string[]): boolean {
  const begins = subjectBegins(name)
  if (rootText('').length + begins !== root.length || !root.endsWith(name.slice(0, begins))) return false
  const subject = name.slice(begins)
  if (position < texts.length) return texts[position] === subject
  if (texts.includes(subject)) return false
  texts.push(subject)
  return true
}
