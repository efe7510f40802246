import { testSeeds } from './seeds.js'

testSeeds('prompt')
