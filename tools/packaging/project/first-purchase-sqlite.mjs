import { OrderDesk } from '@holdfast/core'
import { SqlStore } from '@holdfast/sql-adapter'
import buy from './buy.cjs'

await buy(OrderDesk, await SqlStore.open('shop-of-esm.db'))
