import type { OpenBench } from '../contender.js'
import type { MixOptions } from '../load/order-mix.js'
import { placeByConditionalUpdate } from '../shop/conditional-update.js'
import { type ShopContender, shopContender } from '../shop/shop-contender.js'
import { placeByTextbook } from '../shop/textbook.js'
import { connectSqlite, newFile } from '../sqlite/sqlite-file.js'
import { sqliteVersions } from '../sqlite/sqlite-versions.js'

const HOT: MixOptions = { skus: 1, linesPerOrder: 1 }
const TWO_LINES: MixOptions = { skus: 1000, linesPerOrder: 2 }

/** A file with WAL and synchronous FULL, every fact stored. */
const openSqliteBench: OpenBench = async ({ folder }) => {
  const shop = (name: string, mix: MixOptions, place: ShopContender['place']) =>
    shopContender({ engine: 'sqlite', name, mix, place, connect: () => connectSqlite(newFile(folder)) })
  return {
    contenders: [
      shop('textbook', HOT, placeByTextbook),
      shop('conditional update', HOT, placeByConditionalUpdate),
      shop('textbook (two lines)', TWO_LINES, placeByTextbook),
      shop('conditional update (two lines)', TWO_LINES, placeByConditionalUpdate),
    ],
    ratios: [],
    bars: [],
    openLoops: [],
    versions: sqliteVersions(),
    close: async () => {},
  }
}

export default openSqliteBench
