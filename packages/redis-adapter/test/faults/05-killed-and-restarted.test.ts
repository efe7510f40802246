import { afterEach, describe, expect, it } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { OwnServer } from '../own-server.js'
import { answers, expectWhole, keptOf, reserve, supply } from './commands.js'

const SUPPLIED = 100_000
const CALLERS = 8
const AT_ONCE = 25

// SIGKILL in the middle of a sale.
describe.skipIf(!OwnServer.canRun())('a server that is killed and started again', () => {
  let server: OwnServer
  afterEach(() => server.stop())

  async function killedWhileSelling(settings: Record<string, string>) {
    server = await OwnServer.start(settings)
    const store = new RedisStore(
      server.connect({ maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false }),
    )
    await store.create()
    await store.apply('main', null, [supply('delivery', SUPPLIED)])
    const [asked, acknowledged]: [string[], string[]] = [[], []]
    let isKilled = false
    const sells = async (caller: number) => {
      for (let turn = 0; !isKilled; turn++) {
        const ids = Array.from({ length: AT_ONCE }, (_, n) => `${caller}/${turn}/${n}`)
        asked.push(...ids)
        const answer = await answers(
          store.apply(
            'main',
            null,
            ids.map((id) => reserve(id)),
          ),
        )
        if (Array.isArray(answer)) acknowledged.push(...ids)
        else expect(answer).toBe('unknown')
      }
    }
    const selling = Array.from({ length: CALLERS }, (_, caller) => sells(caller))
    while (acknowledged.length < 1_000) await new Promise((resolve) => setTimeout(resolve, 5))
    await server.kill()
    isKilled = true
    await Promise.all(selling)
    await server.run()
    const after = new RedisStore(server.connect())
    return { store: after, asked, acknowledged }
  }

  it('which syncs always, has all that was acknowledged', async () => {
    const { store, asked, acknowledged } = await killedWhileSelling({
      appendonly: 'yes',
      appendfsync: 'always',
    })
    expect(await keptOf(store, acknowledged)).toHaveLength(acknowledged.length)
    await expectWhole(store, SUPPLIED, asked)
  })

  it('which syncs every second, has whole batches: none was written by half', async () => {
    const { store, asked } = await killedWhileSelling({ appendonly: 'yes', appendfsync: 'everysec' })
    await expectWhole(store, SUPPLIED, asked)
    const kept = new Set(await keptOf(store, asked))
    for (let at = 0; at < asked.length; at += AT_ONCE)
      expect([0, AT_ONCE]).toContain(asked.slice(at, at + AT_ONCE).filter((id) => kept.has(id)).length)
  })

  it('which keeps nothing, sells nothing until it is created anew, and then not to those of before', async () => {
    const { store, acknowledged } = await killedWhileSelling({ appendonly: 'no' })
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(await answers(store.apply('main', null, [reserve('later')]))).toBe('fenced')
    expect(await answers(store.apply('main', null, [supply('more', 1)]))).toBe('fenced')
    await store.create()
    const opened = await store.apply('main', null, [supply('delivery', 1)])
    expect(opened).toMatchObject({ kind: 'applied' })
    const { epoch } = opened as { epoch: number }
    expect(await answers(store.apply('main', epoch - 1, [reserve('of the old epoch')]))).toBe('fenced')
    expect(await answers(store.apply('main', epoch, [reserve('later')]))).toEqual(['granted'])
  })
})
