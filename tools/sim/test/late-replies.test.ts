import { testSeeds } from './seeds.js'

testSeeds('late')
