import { describe, expect, test } from 'vitest'
import { overload } from '../../../core/src/desk/overload.test-support.js'
import { RedisStore } from '../../src/index.js'
import { OwnServer } from '../own-server.js'

describe.skipIf(!OwnServer.canRun())('Redis', () => {
  test('twice as many orders as it can take: those accepted are in time, the others are told at once', async () => {
    const server = await OwnServer.start()
    try {
      const store = new RedisStore(server.connect())
      await store.create()
      expect(await overload('redis', store, 700)).toBeGreaterThan(0)
    } finally {
      await server.stop()
    }
  }, 240_000)
})
