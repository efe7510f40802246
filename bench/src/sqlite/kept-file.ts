import { SqlStore } from '@holdfast/sql-adapter'
import type { Contents } from '../desk/contents.js'
import { checkReport } from '../desk/desk-laws.js'
import { mustEqual } from '../law-broken.js'
import { inAnotherProcess } from './file-work-process.js'
import { heldId, type Load, type Loaded } from './loaded-file.js'
import { newFile } from './sqlite-file.js'

/** A file too large to be copied: it stays, and grows, from turn to turn. */
export class KeptFile {
  private loading: Promise<Loaded> | null = null
  private auditing: Promise<void> | null = null
  private readonly path: string
  private stored = 0
  private nextBuyer = 0
  private takenFromFirst = 0
  private takenFromLast = 0

  constructor(
    folder: string,
    private readonly load: Load,
  ) {
    this.path = newFile(folder)
  }

  async open(): Promise<Contents> {
    await this.loaded()
    return {
      store: await SqlStore.open(this.path),
      stored: this.stored,
      firstBuyer: this.nextBuyer,
      left: async ({ reservations, nextBuyer }) => {
        this.stored += reservations
        this.nextBuyer = nextBuyer
      },
    }
  }

  /** A held order that was not taken before, from all over the file; `null`: all were. From both ends, for two takers. */
  async taker(from: 'first' | 'last'): Promise<() => string | null> {
    const loaded = await this.loaded()
    const { held } = loaded
    return () => {
      if (this.takenFromFirst + this.takenFromLast === held) return null
      const place = from === 'first' ? this.takenFromFirst++ : held - 1 - this.takenFromLast++
      return heldId(loaded, (place * STRIDE) % held)
    }
  }

  /** Every row of it, once, when all turns are over. */
  audit(): Promise<void> {
    this.auditing ??= this.audited()
    return this.auditing
  }

  private async audited(): Promise<void> {
    const report = await inAnotherProcess({ kind: 'audit', path: this.path })
    mustEqual('reservations', checkReport(report), this.stored)
  }

  /** Fills it, unless it is filled. */
  loaded(): Promise<Loaded> {
    this.loading ??= inAnotherProcess({ kind: 'load', path: this.path, load: this.load }).then((loaded) => {
      this.stored = loaded.due + loaded.held
      this.nextBuyer = loaded.nextBuyer
      return loaded
    })
    return this.loading
  }
}

/** A prime, which thereby visits every order once, far from the one before. */
const STRIDE = 611_953
