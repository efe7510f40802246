import { SingleBar } from 'cli-progress'
import type { PlannedOrder } from '../plan/plan.js'
import { day, whole } from './figures.js'

/** How far the replay is, on standard error: a bar for a person, now and then a line for a log. */
export interface Progress {
  placed(order: PlannedOrder): void
  /** Leaves the terminal as it was, at the end or in the middle. */
  stop(): void
}

/** Orders from one line of a log to the next. */
const PER_LINE = 1_000

export function progressOn(stream: NodeJS.WriteStream, total: number): Progress {
  return stream.isTTY ? barOn(stream, total) : linesOn(stream, total)
}

function barOn(stream: NodeJS.WriteStream, total: number): Progress {
  const bar = new SingleBar({
    stream,
    format: '{bar} {percentage} % · {placed} of {orders} orders · {day}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
  })
  bar.start(total, 0, { placed: '0', orders: whole(total), day: '' })
  return {
    placed: ({ position, placedAt }) => bar.update(position, { placed: whole(position), day: day(placedAt) }),
    stop: () => bar.stop(),
  }
}

function linesOn(stream: NodeJS.WritableStream, total: number): Progress {
  return {
    placed({ position, placedAt }) {
      if (position % PER_LINE !== 0 && position !== total) return
      stream.write(`${whole(position)} of ${whole(total)} orders placed, up to ${day(placedAt)}\n`)
    },
    stop() {},
  }
}
