import { type ReplayRequest, UsageError } from './command-line/request.js'
import { readHistory } from './history/read-history.js'
import { openingUnits, type Plan, planOf } from './plan/plan.js'
import { replay } from './replay/replay.js'
import { Shop } from './replay/shop.js'
import { VirtualClock } from './replay/virtual-clock.js'
import { readBooks } from './report/books.js'
import { progressOn } from './report/progress.js'
import { replayReport } from './report/replay-report.js'
import { summaryOf } from './report/summary.js'
import { terminalOf } from './report/terminal.js'
import { type OpenedStore, openStore } from './store/open-store.js'

/** Where a run writes: results on one stream, everything else on the other. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Registers what must be undone when the process is told to end in the middle. */
  readonly onInterrupt: (undo: () => void) => void
}

/**
 * Replays the history and prints what came of it.
 * @returns whether the audit holds
 * @throws UsageError when the request cannot be met
 */
export async function runReplay(request: ReplayRequest, streams: Streams): Promise<boolean> {
  const plan = planOf(await readHistory())
  refuseUncountable(plan, request.stockRatio)
  const clock = new VirtualClock(plan.opensAt)
  const warn = (line: string) => void streams.stderr.write(`superstore-replay: ${line}\n`)
  const opened = await openStore({ ...request, clock, warn })
  streams.onInterrupt(() => opened.file?.dispose())
  try {
    return await replayOn(opened, plan, clock, request, streams)
  } finally {
    await opened.close()
  }
}

async function replayOn(
  { name, file, ...stores }: OpenedStore,
  plan: Plan,
  clock: VirtualClock,
  request: ReplayRequest,
  { stdout, stderr, onInterrupt }: Streams,
): Promise<boolean> {
  const { limit, stockRatio, restock, json } = request
  const shop = new Shop(stores, clock, { regions: plan.regions, limit })
  const progress = progressOn(stderr, plan.orders.length)
  onInterrupt(progress.stop)
  const replayed = await replay(shop, plan, { stockRatio, restock, onPlaced: progress.placed }).finally(
    progress.stop,
  )
  const books = await readBooks(shop.desk)
  const summary = summaryOf(name, plan.orders.length, replayed, books)
  const kept = file?.isKept ? file.path : null
  const report = { plan, request, replayed, summary, audit: books.audit, kept }
  stdout.write(json ? `${JSON.stringify(summary)}\n` : replayReport(report, terminalOf(stdout)))
  return books.audit.ok
}

/** Every counter, their sums as well, is to be exact. */
function refuseUncountable({ accounts }: Plan, stockRatio: number): void {
  const units = accounts.reduce((sum, account) => sum + openingUnits(account, stockRatio), 0)
  if (Number.isSafeInteger(units)) return
  throw new UsageError(`--stock-ratio ${stockRatio}: that is more units than can be counted exactly`)
}
