import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testReservationStore } from '@holdfast/conformance'
import { afterAll, describe, it } from 'vitest'
import { LevelStore } from './level-store.js'

const root = mkdtempSync(join(tmpdir(), 'holdfast-level-'))
const empty = new LevelStore(join(root, 'empty'), { now: () => 0 })
afterAll(() => empty.close().then(() => rmSync(root, { recursive: true })))
let folders = 0

testReservationStore({
  describe,
  it,
  async create({ clock }) {
    let folder = join(root, String(folders++))
    const store = new LevelStore(folder, clock)
    const restart = async () => {
      // What is on disk now is all that a killed process would leave.
      const left = folder
      folder = join(root, String(folders++))
      cpSync(left, folder, { recursive: true, filter: (file) => !file.endsWith('LOCK') })
      return new LevelStore(folder, clock)
    }
    return { store, restart, close: () => store.close() }
  },
  capabilities: { ...empty.capabilities, clients: false, restart: true },
  profile: 'quick',
})
