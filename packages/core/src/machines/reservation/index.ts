export { decide, decideInternal } from './decide.js'
export { ABSENT, evolve, initialState } from './evolve.js'
