/** Speed with lost units is no result: this ends the run with exit status 1. */
export class LawBroken extends Error {
  override readonly name = 'LawBroken'
}

/** Throws `LawBroken` unless both figures are equal. */
export function mustEqual(what: string, found: number, due: number): void {
  if (found !== due) throw new LawBroken(`${what}: found ${found}, due ${due}`)
}
