import { copyFile, open } from 'node:fs/promises'
import { SqlStore } from '@holdfast/sql-adapter'
import type { Contents } from '../desk/contents.js'
import type { Load, Loaded } from '../stored/loaded-orders.js'
import { inAnotherProcess } from '../stored/place-work-process.js'
import { newFile, removeFile } from './sqlite-file.js'

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
    this.loading ??= inAnotherProcess({
      kind: 'load',
      place: { kind: 'file', path: this.path },
      load: this.load,
    })
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
