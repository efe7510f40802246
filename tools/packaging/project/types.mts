import { isHoldfastError, MemoryStore } from '@holdfast/core'

export const store: MemoryStore = new MemoryStore()
export const isOurs: boolean = isHoldfastError(new Error('not ours'))
