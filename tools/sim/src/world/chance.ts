import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** All chance of a simulation comes from here, and here from one seed. */
export class Chance {
  private readonly generator: ReturnType<typeof xoroshiro128plus>

  constructor(seed: number) {
    // Neighbouring seeds begin alike: their first draws are spread out, and passed over.
    this.generator = xoroshiro128plus(Math.imul(seed, 0x9e3779b1))
    for (let draw = 0; draw < 16; draw++) this.generator.next()
  }

  /** A whole number, both bounds included. */
  between(least: number, most: number): number {
    return uniformInt(this.generator, least, most)
  }

  /** True in about so many cases of a thousand. */
  perMille(rate: number): boolean {
    return rate > 0 && uniformInt(this.generator, 1, 1_000) <= rate
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[uniformInt(this.generator, 0, choices.length - 1)] as T
  }

  /** Nearer the end of the list more often than not: what is recent is met again. */
  recent<T>(choices: readonly T[]): T {
    const last = choices.length - 1
    const back = Math.min(uniformInt(this.generator, 0, last), uniformInt(this.generator, 0, last))
    return choices[last - back] as T
  }
}

/** Draws names, each as often as its weight says. */
export class Lottery<Name extends string> {
  private readonly names: readonly Name[]
  private readonly bounds: readonly number[]
  private readonly total: number

  constructor(weights: Readonly<Partial<Record<Name, number>>>) {
    this.names = Object.keys(weights) as Name[]
    let total = 0
    this.bounds = Object.values<number | undefined>(weights).map((weight = 0) => {
      total += weight
      return total
    })
    this.total = total
  }

  draw(chance: Chance): Name {
    const drawn = chance.between(1, this.total)
    return this.names[this.bounds.findIndex((bound) => drawn <= bound)] as Name
  }
}
