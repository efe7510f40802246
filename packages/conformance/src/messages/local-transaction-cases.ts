import { assertSame } from '../kit/comparison.js'
import { type HalfMessagesUnderTest, MINUTE, scene } from './half-message-scene.js'
import type { MessageCase } from './suite.js'

export const LOCAL_TRANSACTION_CASES: readonly MessageCase<HalfMessagesUnderTest>[] = [
  scene('a local transaction commits once', async (store) => {
    const run = (fingerprint: string) =>
      store.transactions.run('m1', fingerprint, async (trx) => {
        await store.write(trx, 'paid')
        return 7
      })
    assertSame(await run('print'), { kind: 'committed', value: 7 }, 'first:')
    assertSame(await run('print'), { kind: 'already' }, 'again:')
    assertSame(await run('other'), { kind: 'id-reused' }, 'another:')
    assertSame(await store.entries(), ['paid'], 'written:')
    assertSame(await store.transactions.check('m1'), 'committed', 'checked:')
  }),
  scene('one that fails leaves nothing, not even its mark', async (store) => {
    const failing = store.transactions.run('m1', 'print', async (trx) => {
      await store.write(trx, 'lost')
      throw new Error('no')
    })
    const message = await failing.then(
      () => 'nothing',
      (error: Error) => error.message,
    )
    assertSame([message, await store.entries()], ['no', []], 'left:')
    const again = await store.transactions.run('m1', 'print', async (trx) => store.write(trx, 'paid'))
    assertSame([again.kind, await store.entries()], ['committed', ['paid']], 'tried again:')
  }),
  scene('a check that finds nothing leaves a tombstone: a late transaction cannot commit', async (store) => {
    assertSame(await store.transactions.check('m1'), 'rolled-back', 'checked:')
    const late = await store.transactions.run('m1', 'print', async (trx) => store.write(trx, 'late'))
    assertSame([late.kind, await store.entries()], ['tombstoned', []], 'the late one:')
    assertSame(await store.transactions.check('m1'), 'rolled-back', 'checked again:')
  }),
  scene('a check beside a transaction under way says what becomes of it', async (store) => {
    let checked: Promise<string> | null = null
    const run = await store.transactions.run('m1', 'print', async (trx) => {
      await store.write(trx, 'paid')
      checked = store.transactions.check('m1')
      await new Promise((resolve) => setTimeout(resolve, 20))
    })
    const answer = await (checked as Promise<string> | null)
    const committed = run.kind === 'committed'
    assertSame(answer, committed ? 'committed' : 'rolled-back', 'the check:')
    assertSame(await store.entries(), committed ? ['paid'] : [], 'written:')
  }),
  scene('marks are forgotten in their time', async (store, pass) => {
    await store.transactions.run('m1', 'print', async () => {})
    pass(MINUTE)
    await store.transactions.check('m2')
    pass(1)
    assertSame(await store.transactions.forget(MINUTE, 10), 1, 'forgotten:')
    assertSame(await store.transactions.check('m2'), 'rolled-back', 'the younger one:')
  }),
]
