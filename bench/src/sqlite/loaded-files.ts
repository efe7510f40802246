import { copyFile, open, rm } from 'node:fs/promises'
import { OrderDesk } from '@holdfast/core'
import { SqlStore } from '@holdfast/sql-adapter'
import type { Contents } from '../desk/contents.js'
import { checkAudit } from '../desk/desk-laws.js'
import { POLICY } from '../desk/shop-desk.js'
import { mustEqual } from '../law-broken.js'
import { heldId, type Load, type Loaded, loadFile } from './loaded-file.js'
import { newFile } from './sqlite-file.js'

/** A file that is loaded once, when it is first asked for, and copied for each turn. */
export class Template {
  private loading: Promise<Loaded> | null = null
  private readonly path: string

  constructor(
    private readonly folder: string,
    private readonly load: Load,
  ) {
    this.path = newFile(folder)
  }

  /** A copy of its own, wholly on the disk. */
  async copy(): Promise<{ readonly path: string; readonly loaded: Loaded }> {
    this.loading ??= loadFile(this.path, this.load)
    const loaded = await this.loading
    const path = newFile(this.folder)
    await copyFile(this.path, path)
    const file = await open(path, 'r+')
    await file.sync()
    await file.close()
    return { path, loaded }
  }

  async open(): Promise<Contents> {
    const { path, loaded } = await this.copy()
    const store = await SqlStore.open(path)
    return {
      store,
      stored: loaded.due + loaded.held,
      firstBuyer: loaded.nextBuyer,
      left: () => removeFile(path),
    }
  }
}

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
    const desk = new OrderDesk({ store: await SqlStore.open(this.path), policy: POLICY })
    try {
      mustEqual('reservations', await checkAudit(desk), this.stored)
    } finally {
      await desk.close()
    }
  }

  private loaded(): Promise<Loaded> {
    this.loading ??= loadFile(this.path, this.load).then((loaded) => {
      this.stored = loaded.due + loaded.held
      this.nextBuyer = loaded.nextBuyer
      return loaded
    })
    return this.loading
  }
}

/** A prime, which thereby visits every order once, far from the one before. */
const STRIDE = 611_953

/** With what the engine keeps beside it. */
export async function removeFile(path: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(path + end, { force: true })
}
