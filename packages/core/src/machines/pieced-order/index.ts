export { decide, openAttempt } from './decide.js'
export { evolve, initialState } from './evolve.js'
