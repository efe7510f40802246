import { testSeeds } from './seeds.js'

testSeeds({ replies: 'prompt', partitions: 1, seeds: 2_000 })
