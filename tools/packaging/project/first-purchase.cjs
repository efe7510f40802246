const { MemoryStore, OrderDesk } = require('@holdfast/core')
const buy = require('./buy.cjs')

void buy(OrderDesk, new MemoryStore())
