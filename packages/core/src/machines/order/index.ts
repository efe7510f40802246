export { decide } from './decide.js'
export { evolve, initialState } from './evolve.js'
export { project } from './project.js'
