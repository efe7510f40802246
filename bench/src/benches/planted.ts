import { MemoryStore } from '@holdfast/core'
import type { Command } from '@holdfast/core/adapter'
import type { OpenBench } from '../contender.js'
import { empty } from '../desk/contents.js'
import { deskContender } from '../desk/desk-contender.js'

/** Grants each batch's first order once more, under an id and to a buyer that nobody named. */
class GrantsTwice extends MemoryStore {
  override async apply(partition: string, epoch: number | null, commands: readonly Command[]) {
    const applied = await super.apply(partition, epoch, commands)
    const [first] = commands
    if (first?.kind === 'reserve') {
      const ghost = { ...first, id: `ghost-of-${first.id}`, guards: [] }
      await super.apply(partition, epoch, [ghost])
    }
    return applied
  }
}

/** A store that breaks a law, after one that does not: whoever runs it must fail and show no figure at all. */
const openPlantedBench: OpenBench = async () => {
  const desk = (name: string, open: () => MemoryStore) =>
    deskContender({
      ...{ engine: 'memory', name, mix: { skus: 1, linesPerOrder: 1 } },
      open: async () => empty(open()),
    })
  return {
    contenders: [desk('desk', () => new MemoryStore()), desk('desk (planted)', () => new GrantsTwice())],
    ratios: [],
    latencyRatios: [],
    bars: [],
    openLoops: [],
    versions: {},
    close: async () => {},
  }
}

export default openPlantedBench
