import { SqlStore } from '@holdfast/sql-adapter'
import { connectTo } from '../open-place.js'

// Tells that it begins, and migrates.

const [place, tablePrefix] = process.argv.slice(2) as [string, string]
const store = new SqlStore(connectTo(place), { tablePrefix })
process.stdout.write('begins\n')
await store.migrate()
process.exit(0)
