import type { Contents } from '../desk/contents.js'
import { checkReport } from '../desk/desk-laws.js'
import { mustEqual } from '../law-broken.js'
import { heldId, type Load, type Loaded } from './loaded-orders.js'
import { openPlace, type Place } from './place.js'
import { inAnotherProcess } from './place-work-process.js'

/** Orders too many to be stored anew for each turn: they stay, and grow, from turn to turn. */
export class KeptOrders {
  private loading: Promise<Kept> | null = null
  private auditing: Promise<void> | null = null
  private stored = 0
  private nextBuyer = 0
  private takenFromFirst = 0
  private takenFromLast = 0

  constructor(
    private readonly newPlace: () => Promise<Place>,
    private readonly load: Load,
  ) {}

  async open(): Promise<Contents> {
    const { place } = await this.loaded()
    const { store, close } = await openPlace(place)
    return {
      store,
      stored: this.stored,
      firstBuyer: this.nextBuyer,
      left: async ({ reservations, nextBuyer }) => {
        this.stored += reservations
        this.nextBuyer = nextBuyer
        await close()
      },
    }
  }

  /** A held order that was not taken before, from all over them; `null`: all were. From both ends, for two takers. */
  async taker(from: 'first' | 'last'): Promise<() => string | null> {
    const { loaded } = await this.loaded()
    const { held } = loaded
    return () => {
      if (this.takenFromFirst + this.takenFromLast === held) return null
      const place = from === 'first' ? this.takenFromFirst++ : held - 1 - this.takenFromLast++
      return heldId(loaded, (place * STRIDE) % held)
    }
  }

  /** Every row of them, once, when all turns are over. */
  audit(): Promise<void> {
    this.auditing ??= this.audited()
    return this.auditing
  }

  private async audited(): Promise<void> {
    const { place } = await this.loaded()
    const report = await inAnotherProcess({ kind: 'audit', place })
    mustEqual('reservations', checkReport(report), this.stored)
  }

  /** Stores them, unless they are stored. */
  loaded(): Promise<Kept> {
    this.loading ??= this.fill()
    return this.loading
  }

  private async fill(): Promise<Kept> {
    const place = await this.newPlace()
    const loaded = await inAnotherProcess({ kind: 'load', place, load: this.load })
    this.stored = loaded.due + loaded.held
    this.nextBuyer = loaded.nextBuyer
    return { place, loaded }
  }
}

interface Kept {
  readonly place: Place
  readonly loaded: Loaded
}

/** A prime, which thereby visits every order once, far from the one before. */
const STRIDE = 611_953
