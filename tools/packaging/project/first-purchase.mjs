import { MemoryStore, OrderDesk } from '@holdfast/core'
import buy from './buy.cjs'

await buy(OrderDesk, new MemoryStore())
