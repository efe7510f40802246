/** A law of the domain does not hold; the message names it and what breaks it. */
export class LawBroken extends Error {
  constructor(
    readonly law: string,
    found: unknown,
  ) {
    super(`${law}: broken by ${JSON.stringify(found)}`)
    this.name = 'LawBroken'
  }
}

/** @throws LawBroken; `found` is looked at only then */
export function law(name: string, holds: boolean, found: () => unknown): void {
  if (!holds) throw new LawBroken(name, found())
}
