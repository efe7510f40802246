import Table from 'cli-table3'
import { type Bench, keyOf } from '../contender.js'
import { latencyRatioKey, type Result, ratioKey, type Summary } from './summary.js'

/** The results and ratios as a person reads them. */
export function tablesOf(bench: Bench, summary: Summary): string {
  const { machine } = summary
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`)
  const about = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memory} GiB`,
    ['node', machine.node, ...machine.nodeOptions].join(' '),
    ...versions,
  ]
  return [about.join(' · '), resultTable(summary.results), ratioTable(bench, summary)]
    .filter(Boolean)
    .join('\n')
}

function resultTable(results: readonly Result[]): string {
  const table = new Table({
    head: ['contender', 'unit', 'median', 'min', 'max', 'p50 ms', 'p99 ms'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  })
  for (const result of results) {
    const { unit, median, min, max, p50ms, p99ms } = result
    table.push([keyOf(result), unit, whole(median), whole(min), whole(max), latency(p50ms), latency(p99ms)])
  }
  return table.toString()
}

function ratioTable(bench: Bench, { ratios, results }: Summary): string {
  const table = new Table({
    head: ['ratio', 'median of rounds', 'hold', 'aim', ''],
    colAligns: ['left', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  })
  for (const ratio of bench.ratios) {
    const key = ratioKey(ratio)
    const reached = ratios[key]
    if (reached === undefined) continue
    table.push([
      key,
      reached.toFixed(2),
      ratio.hold ?? '',
      ratio.aim ?? '',
      verdict(reached, ratio.hold, ratio.aim),
    ])
  }
  for (const ratio of bench.latencyRatios) {
    const key = latencyRatioKey(ratio)
    const reached = ratios[key]
    if (reached === undefined) continue
    const isHeld = reached <= ratio.atMost
    table.push([key, reached.toFixed(2), `≤ ${ratio.atMost}`, '', isHeld ? 'holds' : 'above the bar'])
  }
  for (const { of, hold, aim } of bench.bars) {
    const reached = results.find((result) => keyOf(result) === keyOf(of))
    if (reached === undefined) continue
    const row = [`${keyOf(of)}, ${reached.unit}`, reached.median, hold, aim].map((cell) =>
      typeof cell === 'number' ? whole(cell) : cell,
    )
    table.push([...row, verdict(reached.median, hold, aim)])
  }
  return table.length === 0 ? '' : table.toString()
}

function verdict(reached: number, hold: number | undefined, aim: number | undefined): string {
  if (hold === undefined) return ''
  if (reached < hold) return 'below hold'
  if (aim === undefined || reached < aim) return 'holds'
  return 'aim reached'
}

function whole(figure: number): string {
  return Math.round(figure).toLocaleString('en-US')
}

function latency(ms: number | null): string {
  return ms === null ? '–' : ms.toFixed(2)
}
