import type { OpenBench } from '../contender.js'
import { BATCH, DECISIONS, decideContender } from '../core/decide-contender.js'

/** Core without any engine: the rules alone, and the order desk on memory. */
const openCoreBench: OpenBench = async () => ({
  contenders: [decideContender('decide', BATCH), decideContender('decide (100,000 kept)', DECISIONS)],
  ratios: [],
  bars: [{ of: { engine: 'core', name: 'decide' }, hold: 1_000_000, aim: 2_000_000 }],
  openLoops: [],
  versions: {},
  close: async () => {},
})

export default openCoreBench
