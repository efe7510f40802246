import type { DeathAt } from '../dying.js'
import { type ChainPlace, openChain } from './place.js'

const { death, ...place }: ChainPlace & { readonly death: DeathAt } = JSON.parse(process.argv[2] ?? '')

const chain = await openChain(place, death)
const { ok } = await chain.desk.rebuild(await chain.desk.planRebuild())
console.log(ok ? 'rebuilt' : 'outdated')
await chain.close()
