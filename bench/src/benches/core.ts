import { MemoryStore } from '@holdfast/core'
import type { OpenBench } from '../contender.js'
import { BATCH, DECISIONS, decideContender } from '../core/decide-contender.js'
import { empty } from '../desk/contents.js'
import { deskContender } from '../desk/desk-contender.js'

/** Core without any engine: the rules alone, and the order desk on memory. */
const openCoreBench: OpenBench = async () => ({
  contenders: [
    decideContender('decide', BATCH),
    decideContender('decide (100,000 kept)', DECISIONS),
    deskContender({
      engine: 'memory',
      name: 'desk',
      mix: { skus: 1, linesPerOrder: 1, onlyFresh: true },
      open: async () => empty(new MemoryStore()),
    }),
  ],
  ratios: [],
  latencyRatios: [],
  bars: [
    { of: { engine: 'core', name: 'decide' }, hold: 1_000_000, aim: 2_000_000 },
    { of: { engine: 'memory', name: 'desk' }, hold: 150_000, aim: 300_000 },
  ],
  openLoops: [],
  versions: {},
  close: async () => {},
})

export default openCoreBench
