import { testSeeds } from './seeds.js'

testSeeds({ replies: 'prompt', partitions: 3, seeds: 200 })
testSeeds({ replies: 'late', partitions: 3, seeds: 200 })
