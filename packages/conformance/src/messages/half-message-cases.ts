import type { CheckBudget, CheckReport, DueCheck } from '@holdfast/core/adapter'
import { assertSame } from '../kit/comparison.js'
import { type HalfMessagesUnderTest, MINUTE, scene } from './half-message-scene.js'
import { told } from './outbox-scene.js'
import type { MessageCase } from './suite.js'

const BUDGET: CheckBudget = { checks: 2, retryAfterMs: MINUTE }
const UNKNOWN: CheckReport = { kind: 'answered', answer: 'unknown' }

function prepare({ halfMessages }: HalfMessagesUnderTest, id = 'm1', checkAfterMs = MINUTE) {
  return halfMessages.prepare({ message: told(id), checkAt: 'http://sender/', checkAfterMs })
}

async function statusOf({ other }: HalfMessagesUnderTest, id = 'm1') {
  return (await other.read(id))?.status ?? null
}

async function due({ halfMessages }: HalfMessagesUnderTest): Promise<DueCheck> {
  const [one] = await halfMessages.takeDue(1, MINUTE)
  if (one === undefined) throw new Error('nothing is due')
  return one
}

export const HALF_MESSAGE_CASES: readonly MessageCase<HalfMessagesUnderTest>[] = [
  scene('a half message is not sent before it is decided', async (store) => {
    assertSame(await prepare(store), { kind: 'prepared', status: 'prepared' }, 'prepared:')
    assertSame(await store.sent(), [], 'sent:')
    const half = await store.other.read('m1')
    assertSame([half?.message.id, half?.checkAt, half?.checks], ['m1', 'http://sender/', 0], 'kept:')
  }),
  scene('calls at once are each answered by itself, whoever else is known', async (store) => {
    await prepare(store, 'm1')
    const prepared = await Promise.all(['m1', 'm2', 'm2', 'm3'].map((id) => prepare(store, id)))
    const kinds = prepared.map(({ kind }) => kind)
    assertSame(
      [kinds[0], kinds.slice(1, 3).sort(), kinds[3]],
      ['replayed', ['prepared', 'replayed'], 'prepared'],
      'kinds:',
    )
    const { halfMessages } = store
    const decided = await Promise.all([
      halfMessages.decide('m1', 'committed'),
      halfMessages.decide('m1', 'committed'),
      halfMessages.decide('m2', 'rolled-back'),
      halfMessages.decide('unknown', 'committed'),
    ])
    const news = decided.slice(0, 2).map((one) => one?.isNew)
    assertSame(news.sort(), [false, true], 'new of two that say the same:')
    assertSame(
      decided.slice(1).map((one) => one?.status ?? null),
      ['committed', 'rolled-back', null],
      'what they are now:',
    )
    assertSame(await store.sent(), ['m1'], 'sent:')
    assertSame(
      [await statusOf(store, 'm2'), await statusOf(store, 'm3')],
      ['rolled-back', 'prepared'],
      'kept:',
    )
  }),
  scene('committed, it is sent once', async (store) => {
    await prepare(store)
    assertSame(
      await store.halfMessages.decide('m1', 'committed'),
      { status: 'committed', isNew: true },
      'first:',
    )
    assertSame(await store.other.decide('m1', 'committed'), { status: 'committed', isNew: false }, 'again:')
    assertSame(await store.sent(), ['m1'], 'sent:')
  }),
  scene('rolled back, it is never sent', async (store) => {
    await prepare(store)
    await store.halfMessages.decide('m1', 'rolled-back')
    const late = await store.other.decide('m1', 'committed')
    assertSame(late, { status: 'rolled-back', isNew: false }, 'a late commit:')
    assertSame(await store.sent(), [], 'sent:')
  }),
  scene('of decisions at once one stands', async (store) => {
    await prepare(store)
    const both = await Promise.all([
      store.halfMessages.decide('m1', 'committed'),
      store.other.decide('m1', 'rolled-back'),
    ])
    assertSame(both.filter((one) => one?.isNew).length, 1, 'decisions that were new:')
    assertSame(new Set(both.map((one) => one?.status)).size, 1, 'answers:')
    const expected = (await statusOf(store)) === 'committed' ? ['m1'] : []
    assertSame(await store.sent(), expected, 'sent:')
  }),
  scene('nobody decides what was not prepared', async (store) => {
    assertSame(await store.halfMessages.decide('m1', 'committed'), null, 'decided:')
    assertSame(await store.sent(), [], 'sent:')
  }),
  scene('prepared again, it is as it is; another under its id is refused', async (store) => {
    await prepare(store)
    assertSame(await prepare(store), { kind: 'replayed', status: 'prepared' }, 'again:')
    const other = { ...told('m1'), payload: '{"other":true}' }
    const reused = await store.other.prepare({ message: other, checkAt: null, checkAfterMs: MINUTE })
    assertSame(reused.kind, 'id-reused', 'another:')
    await store.halfMessages.decide('m1', 'committed')
    assertSame(await prepare(store), { kind: 'replayed', status: 'committed' }, 'again when it was sent:')
    assertSame(await store.sent(), ['m1'], 'sent:')
  }),
  scene('a check is due in its time, and one checker’s at a time', async (store, pass) => {
    await prepare(store, 'm1', MINUTE)
    await prepare(store, 'm2', 2 * MINUTE)
    await prepare(store, 'm3', MINUTE)
    await store.halfMessages.decide('m3', 'committed')
    pass(MINUTE - 1)
    assertSame(await store.halfMessages.takeDue(10, MINUTE), [], 'due before its time:')
    pass(1)
    const taken = await store.halfMessages.takeDue(10, MINUTE)
    assertSame(
      taken.map(({ half }) => half.message.id),
      ['m1'],
      'due:',
    )
    assertSame(await store.other.takeDue(10, MINUTE), [], 'due beside the one that has it:')
    pass(MINUTE)
    const again = await store.other.takeDue(10, MINUTE)
    assertSame(again.map(({ half }) => half.message.id).sort(), ['m1', 'm2'], 'due when the lease is over:')
  }),
  scene('a check decides', async (store, pass) => {
    await prepare(store, 'm1')
    await prepare(store, 'm2', MINUTE + 1)
    pass(2 * MINUTE)
    assertSame(
      await store.halfMessages.report(await due(store), { kind: 'answered', answer: 'committed' }, BUDGET),
      true,
      'taken:',
    )
    assertSame(
      await store.halfMessages.report(await due(store), { kind: 'answered', answer: 'rolled-back' }, BUDGET),
      true,
      'taken:',
    )
    assertSame(
      [await statusOf(store, 'm1'), await statusOf(store, 'm2')],
      ['committed', 'rolled-back'],
      'statuses:',
    )
    assertSame(await store.sent(), ['m1'], 'sent:')
  }),
  scene(
    'only checks that were delivered count; past the budget it is parked, and can be resumed',
    async (store, pass) => {
      await prepare(store)
      const check = async (report: CheckReport) => {
        pass(MINUTE)
        return store.halfMessages.report(await due(store), report, BUDGET)
      }
      for (let often = 0; often < 5; often++) await check({ kind: 'not-delivered', error: 'away' })
      assertSame((await store.halfMessages.read('m1'))?.lastError, 'away', 'the last error:')
      await check(UNKNOWN)
      assertSame(
        [await statusOf(store), (await store.halfMessages.read('m1'))?.checks],
        ['prepared', 1],
        'after one:',
      )
      await check(UNKNOWN)
      assertSame(await statusOf(store), 'parked', 'after two:')
      pass(100 * MINUTE)
      assertSame(await store.halfMessages.takeDue(10, MINUTE), [], 'due when parked:')
      const { messages } = await store.halfMessages.list({ status: 'parked', cursor: null, limit: 10 })
      assertSame(
        messages.map(({ message }) => message.id),
        ['m1'],
        'parked:',
      )
      assertSame(await store.halfMessages.resume('m1'), true, 'resumed:')
      assertSame(await store.halfMessages.resume('m1'), false, 'resumed again:')
      assertSame((await due(store)).half.checks, 0, 'checks counted anew:')
    },
  ),
  scene('a check is tried again after its wait', async (store, pass) => {
    await prepare(store)
    pass(MINUTE)
    await store.halfMessages.report(await due(store), UNKNOWN, BUDGET)
    pass(MINUTE - 1)
    assertSame(await store.halfMessages.takeDue(10, MINUTE), [], 'due before the wait is over:')
    pass(1)
    await due(store)
  }),
  scene('a parked one can be decided by its sender', async (store, pass) => {
    await prepare(store)
    pass(MINUTE)
    await store.halfMessages.report(await due(store), UNKNOWN, { ...BUDGET, checks: 1 })
    assertSame(await statusOf(store), 'parked', 'its status:')
    assertSame((await store.other.decide('m1', 'committed'))?.isNew, true, 'decided:')
    assertSame(await store.sent(), ['m1'], 'sent:')
  }),
  scene('an answer that comes too late changes nothing', async (store, pass) => {
    await prepare(store)
    pass(MINUTE)
    const stale = await due(store)
    pass(MINUTE)
    const fresh = await due(store)
    const answer = { kind: 'answered', answer: 'committed' } as const
    assertSame(await store.halfMessages.report(stale, answer, BUDGET), false, 'of a lease that was given on:')
    assertSame(await store.sent(), [], 'sent:')
    await store.halfMessages.decide('m1', 'rolled-back')
    assertSame(
      await store.halfMessages.report(fresh, answer, BUDGET),
      false,
      'of what was decided meanwhile:',
    )
    assertSame(await statusOf(store), 'rolled-back', 'its status:')
  }),
  scene('decided ones are removed in their time, open ones never', async (store, pass) => {
    for (const id of ['m1', 'm2', 'm3', 'm4']) await prepare(store, id)
    await store.halfMessages.decide('m1', 'committed')
    await store.halfMessages.decide('m2', 'rolled-back')
    pass(MINUTE)
    await store.halfMessages.decide('m3', 'rolled-back')
    pass(1)
    assertSame(await store.halfMessages.removeDecided(MINUTE, 1), 1, 'removed of a limit of one:')
    assertSame(await store.halfMessages.removeDecided(MINUTE, 10), 1, 'removed then:')
    const { messages } = await store.halfMessages.list({ cursor: null, limit: 10 })
    assertSame(
      messages.map(({ message }) => message.id),
      ['m3', 'm4'],
      'left:',
    )
  }),
  scene('they are listed by pages', async (store) => {
    for (const id of ['m3', 'm1', 'm2']) await prepare(store, id)
    const first = await store.halfMessages.list({ cursor: null, limit: 2 })
    const second = await store.halfMessages.list({ cursor: first.cursor, limit: 2 })
    const ids = [...first.messages, ...second.messages].map(({ message }) => message.id)
    assertSame([ids, second.cursor], [['m1', 'm2', 'm3'], null], 'listed:')
  }),
]
