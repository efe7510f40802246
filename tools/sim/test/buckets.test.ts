import { testSeeds } from './seeds.js'

testSeeds({ replies: 'prompt', partitions: 3, spread: ['SHIRT', 'RARE'], seeds: 100 })
testSeeds({ replies: 'late', partitions: 3, spread: ['SHIRT', 'RARE'], seeds: 100 })
