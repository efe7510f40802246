/** A fenced block of TypeScript or JavaScript in a Markdown file. */
export interface Snippet {
  /** 1-based line of its first line of code. */
  readonly line: number
  /** The words after the language: `run`, `run continues`, `sketch`, or none. */
  readonly marks: readonly string[]
  readonly code: readonly string[]
}

const languages = new Set(['ts', 'typescript', 'js', 'javascript', 'mjs', 'cjs', 'mts', 'cts'])

/** Finds the blocks of code in a Markdown text, in order. An unclosed block ends with the text. */
export function snippetsIn(markdown: string): readonly Snippet[] {
  const found: Snippet[] = []
  const lines = markdown.split(/\r?\n/)
  for (let at = 0; at < lines.length; at += 1) {
    const opening = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(lines[at] ?? '')
    if (opening === null) continue
    const [, indent = '', fence = '', info = ''] = opening
    const closing = new RegExp(`^\\s*${fence[0]}{${fence.length},}\\s*$`)
    const rest = lines.slice(at + 1)
    const length = rest.findIndex((line) => closing.test(line))
    const code = length < 0 ? rest : rest.slice(0, length)
    const [language = '', ...marks] = info.trim().split(/\s+/)
    if (languages.has(language.toLowerCase())) {
      found.push({ line: at + 2, marks, code: code.map((line) => withoutIndent(line, indent)) })
    }
    at += code.length + 1
  }
  return found
}

function withoutIndent(line: string, indent: string): string {
  return line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()
}

/** What a test executes: a snippet marked `run`, with those before it that it continues. */
export interface Program {
  readonly line: number
  /** Every line of code stands on the line it has in the Markdown file, so that errors point there. */
  readonly source: string
}

/**
 * The programs of a text. `run` starts one afresh, `run continues` goes on where the one above it ended.
 * @throws Error for a block that says neither `run` nor `sketch`: nothing in a document goes unchecked by accident
 */
export function programsIn(markdown: string): readonly Program[] {
  const programs: Program[] = []
  let before: readonly Snippet[] = []
  for (const snippet of snippetsIn(markdown)) {
    const marks = snippet.marks.join(' ')
    if (marks === 'sketch') continue
    if (marks !== 'run' && marks !== 'run continues') throw unmarked(snippet, marks)
    if (marks === 'run continues' && before.length === 0)
      throw new Error(`line ${snippet.line}: nothing to continue`)
    before = marks === 'run' ? [snippet] : [...before, snippet]
    programs.push({ line: snippet.line, source: inPlace(before) })
  }
  return programs
}

function unmarked(snippet: Snippet, marks: string): Error {
  const said = marks === '' ? 'nothing' : `"${marks}"`
  return new Error(
    `line ${snippet.line}: a code block says run, run continues or sketch; this one says ${said}`,
  )
}

function inPlace(snippets: readonly Snippet[]): string {
  const lines: string[] = []
  for (const { line, code } of snippets) {
    while (lines.length < line - 1) lines.push('')
    lines.push(...code)
  }
  // A module even when it imports nothing, so that it may await at its top level.
  return `${lines.join('\n')}\nexport {}\n`
}
