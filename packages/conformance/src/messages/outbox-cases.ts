import { assertSame } from '../kit/comparison.js'
import {
  ATTEMPTS,
  acknowledge,
  idsOf,
  KEY_A,
  LEASE,
  leased,
  type OutboxUnderTest,
  parked,
  positionOf,
  readAll,
  scene,
  setAside,
  shardOf,
  told,
  wrote,
} from './outbox-scene.js'
import { assertFenced, given, type MessageCase } from './suite.js'

export const OUTBOX_CASES: readonly MessageCase<OutboxUnderTest>[] = [
  scene('what was written is read as it was, in order, and once', async (it) => {
    await wrote(it, 'a1', 'b1')
    await wrote(it, 'a2')
    const lease = await leased(it.store.outbox)
    const read = await readAll(lease, 2)
    assertSame(idsOf(read), ['a1', 'b1', 'a2'], 'messages read:')
    const { payload, headers, ...rest } = positionOf(read, 'a2').message
    const { payload: given, headers: sent, ...expected } = told('a2', it.at())
    assertSame(rest, expected, 'a message read:')
    const text = typeof payload === 'string' ? payload : new TextDecoder().decode(payload)
    assertSame([text, headers.traceparent], [given, sent.traceparent], 'its payload and trace:')
    await wrote(it, 'a3')
    assertSame(idsOf(await readAll(lease)), ['a3'], 'what came later:')
  }),
  scene('what was acknowledged is gone, and the rest is read by the next lease', async (it) => {
    await wrote(it, 'a1', 'a2', 'a3', 'b1')
    const first = await leased(it.store.outbox)
    const read = await readAll(first)
    await acknowledge(first, read, 'b1', 'a1')
    await first.release()
    assertSame(idsOf(await readAll(await leased(it.store.other))), ['a2', 'a3'], 'left to the next:')
  }),
  scene('a rewind reads again what was not acknowledged', async (it) => {
    await wrote(it, 'a1', 'a2', 'a3')
    const lease = await leased(it.store.outbox)
    await acknowledge(lease, await readAll(lease), 'a2')
    await lease.rewind()
    assertSame(idsOf(await readAll(lease)), ['a1', 'a3'], 'read again:')
  }),
  scene('a shard is one relay’s at a time', async (it) => {
    const shard = await shardOf(it.store.outbox)
    const both = await Promise.all([
      it.store.outbox.lease(shard, 'one', LEASE),
      it.store.other.lease(shard, 'two', LEASE),
    ])
    assertSame(both.filter((lease) => lease !== null).length, 1, 'leases of one shard at once:')
    it.pass(LEASE - 1)
    assertSame(await it.store.other.lease(shard, 'two', LEASE), null, 'a lease before the first one ended:')
    it.pass(1)
    assertSame((await it.store.other.lease(shard, 'two', LEASE)) === null, false, 'no lease after it ended:')
  }),
  scene('a lease lasts as long as it is renewed', async (it) => {
    const lease = await leased(it.store.outbox)
    it.pass(LEASE - 1)
    await lease.renew(LEASE)
    it.pass(LEASE - 1)
    assertSame(await it.store.other.lease(lease.shard, 'other', LEASE), null, 'a lease beside a renewed one:')
  }),
  scene('a lease that is over can do nothing, and changes nothing', async (it) => {
    await wrote(it, 'a1', 'a2')
    const stale = await leased(it.store.outbox, 'stale')
    const read = await readAll(stale)
    it.pass(LEASE)
    const fresh = await leased(it.store.other, 'fresh')
    assertSame(fresh.fence > stale.fence, true, 'the fence has grown:')
    const { message, position } = positionOf(read, 'a1')
    await assertFenced(stale.read(10), 'a read')
    await assertFenced(stale.renew(LEASE), 'a renewal')
    await assertFenced(stale.rewind(), 'a rewind')
    await assertFenced(stale.acknowledge([position]), 'an acknowledgement')
    await assertFenced(stale.park({ message, position, ...ATTEMPTS }, 'whole-key'), 'parking')
    await assertFenced(stale.note(KEY_A, { position, ...ATTEMPTS }), 'a note')
    await stale.release()
    assertSame(idsOf(await readAll(fresh)), ['a1', 'a2'], 'messages of the fresh lease:')
    assertSame(
      await it.store.outbox.lease(fresh.shard, 'third', LEASE),
      null,
      'a lease after the stale one’s release:',
    )
    assertSame(await setAside(it.store.outbox), [], 'set aside by the stale one:')
  }),
  scene('a lease that ended by itself can do nothing either', async (it) => {
    await wrote(it, 'a1')
    const lease = await leased(it.store.outbox)
    it.pass(LEASE)
    await assertFenced(lease.read(10), 'a read')
  }),
  scene('deaths in a row are counted, and end with a release or a renewal', async (it) => {
    assertSame((await leased(it.store.outbox)).deaths, 0, 'deaths before the first lease:')
    it.pass(LEASE)
    assertSame((await leased(it.store.outbox)).deaths, 1, 'deaths after one:')
    it.pass(LEASE)
    const second = await leased(it.store.outbox)
    assertSame(second.deaths, 2, 'deaths after two:')
    await second.renew(LEASE)
    it.pass(LEASE)
    const third = await leased(it.store.outbox)
    assertSame(third.deaths, 0, 'deaths after one that lived:')
    await third.release()
    assertSame((await leased(it.store.outbox)).deaths, 0, 'deaths after a release:')
  }),
  scene(
    'what commits late is read when it has, before what its key got after it',
    async (it) => {
      const hold = given(it.store.hold, 'open transactions')
      await wrote(it, 'b1')
      const held = await hold([told('a1', it.at())])
      await wrote(it, 'b2')
      const lease = await leased(it.store.outbox)
      assertSame(idsOf(await readAll(lease)), ['b1', 'b2'], 'read beside an open transaction:')
      await held.commit()
      await wrote(it, 'a2', 'b3')
      assertSame(idsOf(await readAll(lease)), ['a1', 'a2', 'b3'], 'read once it has committed:')
    },
    'open transactions',
  ),
  scene(
    'what commits late is found by the next lease too, whatever was sent meanwhile',
    async (it) => {
      const hold = given(it.store.hold, 'open transactions')
      const held = await hold([told('a1', it.at())])
      await wrote(it, 'b1')
      const first = await leased(it.store.outbox)
      await acknowledge(first, await readAll(first), 'b1')
      await first.renew(LEASE)
      it.pass(LEASE)
      const second = await leased(it.store.other)
      assertSame(await readAll(second), [], 'read by the next before it commits:')
      await wrote(it, 'b2')
      assertSame(idsOf(await readAll(second)), ['b2'], 'read by the next:')
      await held.commit()
      assertSame(idsOf(await readAll(second)), ['a1'], 'read by the next once it has committed:')
    },
    'open transactions',
  ),
  scene(
    'what is rolled back is never read, and keeps nothing waiting',
    async (it) => {
      const hold = given(it.store.hold, 'open transactions')
      const held = await hold([told('a1', it.at())])
      await wrote(it, 'a2', 'b1')
      const lease = await leased(it.store.outbox)
      await held.rollBack()
      assertSame(idsOf(await readAll(lease)), ['a2', 'b1'], 'read:')
      await wrote(it, 'a3')
      assertSame(idsOf(await readAll(lease)), ['a3'], 'read after:')
    },
    'open transactions',
  ),
  scene('a message set aside alone is read no more, its key is', async (it) => {
    await wrote(it, 'a1', 'a2')
    const lease = await leased(it.store.outbox)
    await parked(lease, await readAll(lease), 'a1', 'alone')
    await wrote(it, 'a3')
    assertSame(idsOf(await readAll(lease)), ['a3'], 'read after:')
    await lease.release()
    assertSame(idsOf(await readAll(await leased(it.store.other))), ['a2', 'a3'], 'read by the next:')
    assertSame(await setAside(it.store.outbox), [['a1', 'too large']], 'set aside:')
  }),
  scene('a key set aside waits as a whole, what it gets later included', async (it) => {
    await wrote(it, 'a1', 'a2', 'b1')
    const lease = await leased(it.store.outbox)
    await parked(lease, await readAll(lease), 'a1', 'whole-key')
    await wrote(it, 'a3', 'b2')
    assertSame(idsOf(await readAll(lease)), ['b2'], 'read after:')
    const expected = [
      ['a1', 'too large'],
      ['a2', null],
      ['a3', null],
    ]
    assertSame(await setAside(it.store.outbox), expected, 'set aside:')
    assertSame(await setAside(it.store.outbox, 1), expected, 'set aside, by pages:')
    await lease.release()
    assertSame(idsOf(await readAll(await leased(it.store.other))), ['b1', 'b2'], 'read by the next:')
  }),
  scene('what is resumed waits again, in order', async (it) => {
    await wrote(it, 'a1', 'a2', 'b1')
    const lease = await leased(it.store.outbox)
    const read = await readAll(lease)
    await parked(lease, read, 'a1', 'whole-key')
    await acknowledge(lease, read, 'b1')
    await wrote(it, 'a3')
    assertSame(await it.store.outbox.resume(lease.shard, 'nobody'), 0, 'resumed of what is not parked:')
    assertSame(await it.store.outbox.resume(lease.shard, 'a1'), 3, 'resumed:')
    assertSame(await lease.read(10), 'rewind-needed', 'the next read:')
    await lease.rewind()
    assertSame(idsOf(await readAll(lease)), ['a1', 'a2', 'a3'], 'read after the rewind:')
    assertSame(await setAside(it.store.outbox), [], 'set aside:')
  }),
  scene('what is discarded is gone, and its key goes on', async (it) => {
    await wrote(it, 'a1', 'a2')
    const lease = await leased(it.store.outbox)
    await parked(lease, await readAll(lease), 'a1', 'whole-key')
    assertSame(
      await it.store.outbox.discard(lease.shard, 'a2'),
      false,
      'discarded of what is not parked itself:',
    )
    assertSame(await it.store.outbox.discard(lease.shard, 'a1'), true, 'discarded:')
    await lease.rewind()
    assertSame(idsOf(await readAll(lease)), ['a2'], 'read after:')
  }),
  scene('trouble that is noted is known to the next lease until it is over', async (it) => {
    await wrote(it, 'a1')
    const first = await leased(it.store.outbox)
    const { position } = positionOf(await readAll(first), 'a1')
    await first.note(KEY_A, { position, started: 1, finished: 0, error: '' })
    await first.note(KEY_A, { position, ...ATTEMPTS })
    await first.release()
    const second = await leased(it.store.other)
    assertSame(second.troubles, [{ ...KEY_A, position, ...ATTEMPTS }], 'troubles:')
    assertSame((await it.store.outbox.metrics()).blockedKeys, 1, 'blocked keys:')
    await second.note(KEY_A, null)
    await second.release()
    assertSame((await leased(it.store.outbox)).troubles, [], 'troubles when they are over:')
  }),
  scene('it tells how much waits, how old the oldest is, what is set aside', async (it) => {
    const empty = { depth: 0, oldestMs: null, parked: 0, blockedKeys: 0 }
    assertSame(await it.store.outbox.metrics(), empty, 'of an empty outbox:')
    await wrote(it, 'a1', 'a2')
    it.pass(2_000)
    await wrote(it, 'b1')
    it.pass(3_000)
    assertSame(await it.store.outbox.metrics(), { ...empty, depth: 3, oldestMs: 5_000 }, 'of three:')
    const lease = await leased(it.store.outbox)
    await parked(lease, await readAll(lease), 'a1', 'whole-key')
    const left = { depth: 1, oldestMs: 3_000, parked: 2, blockedKeys: 1 }
    assertSame(await it.store.outbox.metrics(), left, 'with a key set aside:')
  }),
]
