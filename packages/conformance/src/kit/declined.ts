/** Cases that were left out, counted by what they would have needed. */
export class DeclinedCases {
  private readonly counts = new Map<string, number>()

  add(need: string): void {
    this.counts.set(need, (this.counts.get(need) ?? 0) + 1)
  }

  /** Says how many, and for want of what; nothing where none was declined. */
  report(name: string, report: (line: string) => void = writeLine): void {
    const counts = [...this.counts].map(([need, cases]) => `${cases} for want of ${need}`)
    if (counts.length > 0)
      report(`${name}: cases declined by the declared capabilities: ${counts.join(', ')}`)
  }
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`)
}
