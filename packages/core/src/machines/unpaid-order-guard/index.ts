export { decide } from './decide.js'
export { evolve, initialState } from './evolve.js'
