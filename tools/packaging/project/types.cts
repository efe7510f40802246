import core = require('@holdfast/core')

export const store: core.MemoryStore = new core.MemoryStore()
export const isOurs: boolean = core.isHoldfastError(new Error('not ours'))
