import type { OrderDesk } from '@holdfast/core'

/** One thing asked of a desk, which may be asked again, of any desk, with the same ids. */
export interface Ask {
  readonly kind: string
  /** What it says, for the trace. */
  readonly about: unknown
  run(desk: OrderDesk): Promise<unknown>
  /** Takes in what was told. @throws LawBroken when it cannot be true */
  told?(result: never): void
}

/** An ask whose answer is typed. */
export function ask<Result>(
  kind: string,
  about: unknown,
  run: (desk: OrderDesk) => Promise<Result>,
  told?: (result: Result) => void,
): Ask {
  return { kind, about, run, ...(told === undefined ? {} : { told }) } as Ask
}
