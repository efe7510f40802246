export { decide } from './decide.js'
export { evolve, FREE, initialState } from './evolve.js'
