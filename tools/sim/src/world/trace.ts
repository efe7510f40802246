import { createHash, type Hash } from 'node:crypto'

/** Moments kept for the report of a failure. */
const KEPT = 60

/** What happened, moment by moment: the last of it to be read, all of it as a digest when it is asked for. */
export class Trace {
  private readonly last: { readonly step: number; readonly what: string; readonly detail: unknown }[] = []
  private readonly hash: Hash | null
  private at = 0
  step = 0

  /** @param isDigested costs time: two runs of one seed are alike in every byte if their digests are */
  constructor(isDigested: boolean) {
    this.hash = isDigested ? createHash('sha256') : null
  }

  note(what: string, detail: unknown = null): void {
    const moment = { step: this.step, what, detail }
    this.last[this.at++ % KEPT] = moment
    this.hash?.update(`${lineOf(moment)}\n`)
  }

  digest(): string {
    return this.hash?.copy().digest('hex') ?? ''
  }

  /** The last moments, oldest first, one a line. */
  lines(): readonly string[] {
    const from = this.at % KEPT
    return [...this.last.slice(from), ...this.last.slice(0, from)].map(lineOf)
  }
}

function lineOf({ step, what, detail }: { step: number; what: string; detail: unknown }): string {
  return `${step} ${what}${detail === null ? '' : ` ${JSON.stringify(detail)}`}`
}
