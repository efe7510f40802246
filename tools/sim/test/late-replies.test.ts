import { testSeeds } from './seeds.js'

testSeeds({ replies: 'late', partitions: 1, seeds: 2_000 })
