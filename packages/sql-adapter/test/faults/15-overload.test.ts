import { expect, test } from 'vitest'
import { overload } from '../../../core/src/desk/overload.test-support.js'
import { onEach } from '../databases.js'

await onEach(['sqlite', 'postgres', 'mariadb'], ({ kind, open }) => {
  test('twice as many orders as it can take: those accepted are in time, the others are told at once', async () => {
    expect(await overload(kind, await open({ tablePrefix: 'load_' }))).toBeGreaterThan(0)
  }, 240_000)
})
