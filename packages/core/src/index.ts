export { type ErrorCode, type ErrorDetails, HoldfastError, isHoldfastError } from './errors.js'
export type { Duration } from './input/duration.js'
export { MemoryStore, type MemoryStoreOptions } from './memory/store.js'
