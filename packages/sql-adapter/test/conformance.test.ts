import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as kit from '@holdfast/conformance'
import { afterAll, describe, it } from 'vitest'
import { SqlStore } from '../src/index.js'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-conformance-'))
afterAll(() => rmSync(folder, { recursive: true }))
const open = (file: string, now: () => number) => SqlStore.open(file, { clock: { kind: 'virtual', now } })
const empty = await open(join(folder, 'empty.db'), () => 0)
await empty.close()
let files = 0
const options: kit.KitOptions<SqlStore> = {
  describe,
  it,
  async create({ clock }) {
    const file = join(folder, `${files++}.db`)
    copyFileSync(join(folder, 'empty.db'), file)
    const [store, client] = [await open(file, clock.now), await open(file, clock.now)]
    const close = async () => void (await Promise.all([store.close(), client.close()]))
    return { store, clients: [client], restart: () => open(file, clock.now), close }
  },
  capabilities: { ...empty.capabilities, clients: true, restart: true },
  profile: 'quick',
}
kit.testReservationStore(options)
kit.testOrderStore(options)
kit.testCampaignStore(options)
kit.testCompensationStore(options)
