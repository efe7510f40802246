import type { Command } from '@holdfast/core/adapter'
import type { RedisOptions } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RedisStore } from '../../src/index.js'
import { OwnServer } from '../own-server.js'
import { answers, confirm, countersIn, expectWhole, release, reserve, supply } from './commands.js'
import { CuttingProxy } from './cutting-proxy.js'

const RESENDING: RedisOptions = { autoResendUnfulfilledCommands: true, maxRetriesPerRequest: 20 }
const NOT_RESENDING: RedisOptions = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 }

/** Each is done once, and known as done when it is asked again. */
const STEPS: readonly (readonly [Command, again: string])[] = [
  [supply('delivery', 5), 'replayed-movement'],
  [reserve('paid'), 'replayed'],
  [reserve('cancelled'), 'replayed'],
  [confirm('paid'), 'already'],
  [release('cancelled'), 'already'],
]

describe.skipIf(!OwnServer.canRun())('a reply that is cut off after the script ran', () => {
  let server: OwnServer
  let proxy: CuttingProxy
  beforeAll(async () => {
    server = await OwnServer.start()
    proxy = await CuttingProxy.before(server.port)
  })
  afterAll(async () => {
    await server.stop()
    await proxy.close()
  })

  it.each([
    ['that sends it again', RESENDING, 'at once'],
    ['that does not', NOT_RESENDING, 'unknown'],
  ])('to a client %s: the call is carried out once, and its id tells', async (name, options, first) => {
    const keyPrefix = `${name}:`
    await new RedisStore(server.connect(), { keyPrefix }).create()
    const store = new RedisStore(server.connect({ port: proxy.port, ...options }), { keyPrefix })
    // The scripts are known, and the connection stands.
    await store.apply('main', null, [{ kind: 'sweep', limit: 1 }])
    for (const [command, again] of STEPS) {
      proxy.cutNext()
      const answer = await answers(store.apply('main', null, [command]))
      expect(proxy.left, command.kind).toBe(0)
      if (first === 'unknown') {
        expect(answer).toBe('unknown')
        expect(await untilKnown(() => answers(store.apply('main', null, [command])))).toEqual([again])
      } else expect(answer).toEqual([again])
    }
    expect(await countersIn(store)).toEqual({ available: 4, reserved: 0, sold: 1 })
    await expectWhole(store, 5, ['paid', 'cancelled'])
  })
})

/** The connection takes a moment to come back. */
async function untilKnown<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== 'unknown') return answer
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
