export type { RedisClient } from './client.js'
export type { Durability, RedisStoreOptions, VirtualClock } from './options.js'
export { RedisStore } from './redis-store.js'
