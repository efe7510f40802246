const { OrderDesk } = require('@holdfast/core')
const { SqlStore } = require('@holdfast/sql-adapter')
const buy = require('./buy.cjs')

void SqlStore.open('shop-of-commonjs.db').then((store) => buy(OrderDesk, store))
