import type { Guard, LimitUse, Reserve } from '@holdfast/core/adapter'
import { subjectBegins } from '../keys.js'
import { type Shape, shapeOfReserve, Texts } from './shape.js'

/** From so many alike orders in one batch on, the server keeps what they have in common once for all. */
const MANY = 4

/** What the last reserve was like, from batch to batch: in a sale the next one is. */
export class LastShape {
  /** The texts of the command that was told last. */
  texts: readonly string[] = []
  private likeness: Likeness | null = null

  /** Its shape, as the script takes it. */
  of(command: Reserve): string {
    const { likeness } = this
    const own = likeness === null ? null : likeness.textsOf(command)
    if (likeness !== null && own !== null) {
      this.texts = own
      return likeness.encoded
    }
    const texts = new Texts()
    const shape = shapeOfReserve(command, texts)
    const encoded = JSON.stringify(shape)
    this.texts = texts.all
    this.likeness = Likeness.of(command, shape, encoded)
    return encoded
  }
}

/** The shapes of a batch's reserves, each once. */
export class ShapesOfBatch {
  private readonly numbers = new Map<string, number>()
  /** How many commands have each shape. */
  private readonly counts: number[] = []

  constructor(private readonly last: LastShape) {}

  /** The number of its shape. */
  add(command: Reserve): number {
    const encoded = this.last.of(command)
    let number = this.numbers.get(encoded)
    if (number === undefined) {
      number = this.numbers.size
      this.numbers.set(encoded, number)
    }
    this.counts[number] = (this.counts[number] ?? 0) + 1
    return number
  }

  encoded(): string {
    const shapes = [...this.numbers.keys()].map((shape, number) =>
      (this.counts[number] ?? 0) < MANY ? shape : `{"c":1,${shape.slice(1)}`,
    )
    return shapes.length === 0 ? '' : `[${shapes.join(',')}]`
  }
}

/** Tells quickly whether a command is of the shape of the one before: in a sale nearly every one is. */
class Likeness {
  private readonly useRoots: readonly string[]
  private readonly guardRoots: readonly string[]

  private constructor(
    private readonly command: Reserve,
    private readonly shape: Shape,
    readonly encoded: string,
  ) {
    this.useRoots = command.claims.uses.map(({ counter }) => rootBefore(counter))
    this.guardRoots = command.guards.map(({ name }) => rootBefore(name))
  }

  /** `null` for commands of which no other is looked at so closely. */
  static of(command: Reserve, shape: Shape, encoded: string): Likeness | null {
    const { risk, refuse, claims, guards, home } = command
    const isRotating = (name: LimitUse | Guard) => name.prior.length > 0
    if (risk !== null || refuse !== null || claims.fingerprint.buyer !== home) return null
    if (claims.uses.some(isRotating) || guards.some(isRotating) || shape.l.some((line) => line.length > 2))
      return null
    return new Likeness(command, shape, encoded)
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
      const [, position] = shape.u[at] as Shape['u'][number]
      if (!isSame || use.prior.length > 0) return null
      if (!named(use.counter, use.subject, this.useRoots[at] as string, position, texts)) return null
    }
    for (let at = 0; at < guards.length; at++) {
      const guard = guards[at] as Guard
      const [, position] = shape.g[at] as Shape['g'][number]
      if (guard.prior.length > 0) return null
      if (!named(guard.name, guard.subject, this.guardRoots[at] as string, position, texts)) return null
    }
    return texts
  }
}

function rootBefore(name: string): string {
  return name.slice(0, subjectBegins(name))
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
function named(
  name: string,
  given: string | undefined,
  root: string,
  position: number,
  texts: string[],
): boolean {
  const subject = given ?? name.slice(subjectBegins(name))
  if (name.length !== root.length + subject.length || !name.startsWith(root)) return false
  if (position < texts.length) return texts[position] === subject
  if (texts.includes(subject)) return false
  texts.push(subject)
  return true
}
