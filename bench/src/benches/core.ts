import type { OpenBench } from '../contender.js'

const openCoreBench: OpenBench = async () => {
  throw new Error('not yet')
}

export default openCoreBench
