import Table from 'cli-table3'

/** What a report needs to know of where it is printed. */
export interface Terminal {
  /** Characters of a line. */
  readonly width: number
  readonly colours: boolean
}

const NARROWEST = 60
const WIDEST = 120

/** A pipe or a file has 80 columns and no colours. */
export function terminalOf(stream: NodeJS.WriteStream): Terminal {
  const { isTTY = false, columns = 80 } = stream
  return {
    width: Math.min(WIDEST, Math.max(NARROWEST, isTTY ? columns : 80)),
    colours: isTTY && stream.hasColors(),
  }
}

const CODES = { bold: [1, 22], green: [32, 39], red: [31, 39] } as const

export function painted(text: string, look: keyof typeof CODES, { colours }: Terminal): string {
  const [on, off] = CODES[look]
  return colours ? `\u001b[${on}m${text}\u001b[${off}m` : text
}

export interface Column {
  readonly title: string
  /** Figures stand on the right. */
  readonly align: 'left' | 'right'
  /** Characters; the content decides if absent. */
  readonly width?: number
}

/** Rows under a head, without a grid. */
export function tableOf(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  terminal: Terminal,
): string {
  const table = new Table({
    head: columns.map(({ title }) => painted(title, 'bold', terminal)),
    colAligns: columns.map(({ align }) => align),
    colWidths: columns.map(({ width }) => width ?? null),
    chars: WITHOUT_GRID,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  })
  for (const row of rows) table.push([...row])
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

const NOTHING = ''
const WITHOUT_GRID = {
  top: NOTHING,
  'top-mid': NOTHING,
  'top-left': NOTHING,
  'top-right': NOTHING,
  bottom: NOTHING,
  'bottom-mid': NOTHING,
  'bottom-left': NOTHING,
  'bottom-right': NOTHING,
  left: NOTHING,
  'left-mid': NOTHING,
  mid: NOTHING,
  'mid-mid': NOTHING,
  right: NOTHING,
  'right-mid': NOTHING,
  middle: NOTHING,
}
