import { type Chance, Lottery } from './chance.js'

/** What befalls one call on its way to the store and back. */
export type Fate =
  | 'none'
  /** Turned away, and told so: nothing was written. */
  | 'refused'
  /** One command of a batch is blamed, as by a database's constraint. */
  | 'blamed'
  | 'fenced'
  | 'request lost'
  | 'reply lost'
  /** Done at once, and answered long after. */
  | 'hung'
  /** Long on its way: past its `notAfter` at times. */
  | 'delayed'
  /** Done again later: its second answer reaches nobody. */
  | 'duplicated'

/** Of a batch anything may become; other calls have no deadline of their own, so that each is answered somehow. */
const OF_BATCHES = new Lottery<Fate>({
  refused: 2,
  blamed: 2,
  fenced: 1,
  'request lost': 2,
  'reply lost': 4,
  hung: 1,
  delayed: 2,
  duplicated: 5,
})
const OF_READS = new Lottery<Fate>({ refused: 1, 'request lost': 2, 'reply lost': 1 })
const OF_OTHERS = new Lottery<Fate>({ refused: 1, 'request lost': 1, 'reply lost': 2, duplicated: 3 })
const READS: ReadonlySet<string> = new Set(['read', 'partitions', 'readOrders', 'listOrders', 'readCampaign'])

/** How bad it is: drawn from the seed, and calm once the simulation comes to its end. */
export class Weather {
  isCalm = false
  /** Faults in a thousand calls. */
  readonly faults: number
  /** Crashes in a thousand steps. */
  readonly crashes: number

  constructor(
    private readonly chance: Chance,
    /** Whether calls and replies take their time, so that they overtake each other. */
    readonly isAsynchronous: boolean,
  ) {
    this.faults = chance.oneOf([0, 20, 60, 150])
    this.crashes = chance.oneOf([0, 4, 12])
  }

  fate(method: string): Fate {
    if (this.isCalm || !this.chance.perMille(this.faults)) return 'none'
    if (method === 'apply') return OF_BATCHES.draw(this.chance)
    return (READS.has(method) ? OF_READS : OF_OTHERS).draw(this.chance)
  }

  /** How long a request or a reply is on its way, ms; `null`: no time at all. */
  travel(): number | null {
    if (!this.isAsynchronous) return null
    return this.chance.perMille(50) ? this.chance.between(200, 2_000) : this.chance.between(0, 60)
  }

  /** How much later what is delayed, hung or duplicated comes, ms. */
  delay(): number {
    return this.chance.perMille(300) ? this.chance.between(60_000, 180_000) : this.chance.between(1, 5_000)
  }
}
