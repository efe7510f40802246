import type { ReservationStore } from '@holdfast/core/adapter'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { reserve, supply } from '../scenario/commands.js'
import { scene } from './story.js'

/** What a store declares, where its commands go, and what it does with an epoch that is not its own. */
export const EPOCHS: readonly Case<ReservationStore>[] = [
  {
    name: 'the store has the capabilities that were declared',
    needs: [],
    async run(kit) {
      const { store, close } = await kit.create({ clock: { now: () => 0 } })
      try {
        const { clients: _clients, restart: _restart, buckets: _buckets, ...declared } = kit.capabilities
        assertSame(store.capabilities, declared, 'the capabilities of the store:')
      } finally {
        await close()
      }
    },
  },
  scene('a command touches partitions that the store has', async (scenario) => {
    await scenario.apply(supply(5), reserve('order'))
    const touched = scenario.store.partitionsOf(reserve('order'))
    assertSame(touched, scenario.store.partitionsOf(reserve('order')), 'the partitions, asked again:')
    const known = await scenario.store.partitions()
    for (const partition of touched) assertSame(known.includes(partition), true, `${partition} is known:`)
  }),
  scene(
    'a batch that expects the epoch is applied, and one that expects another is fenced',
    async (scenario) => {
      await scenario.apply(supply(5))
      const partition = scenario.partitionOf([])
      const first = await scenario.send(scenario.store, [reserve('one')])
      scenario.foresee([reserve('one')])
      const second = await scenario.store.apply(partition, first.epoch, [reserve('two')])
      scenario.foresee([reserve('two')])
      assertSame([second.kind, second.epoch], ['applied', first.epoch], 'a batch of this epoch:')
      for (const other of [first.epoch + 1, first.epoch - 1, 0]) {
        const fenced = await scenario.store.apply(partition, other, [reserve('three')])
        assertSame(fenced, { kind: 'fenced', epoch: first.epoch }, `a batch of epoch ${other}:`)
      }
      await scenario.assertStands()
    },
  ),
  scene('a batch of no commands is answered with no outcomes', async (scenario) => {
    await scenario.apply(supply(5))
    assertSame(await scenario.apply(), [], 'outcomes:')
  }),
]
