import type { StoreClock } from '@holdfast/core/adapter'
import { DeclinedCases } from '../kit/declined.js'
import type { TestFunctions } from '../kit/options.js'
import { VirtualClock } from '../kit/virtual-clock.js'

/** What not everything that is tested can do. */
export type MessageNeed = 'open transactions' | 'an absent topic' | 'a refused value'

/** What a suite of a message port is given. */
export interface MessageKitOptions<UnderTest extends { close(): Promise<void> }> extends TestFunctions {
  /** What `create` does not give: cases that need it are left out, and the run says so. */
  readonly declines?: readonly MessageNeed[] | undefined
  /** Told what was declined; writes to standard output if absent. */
  readonly report?: (line: string) => void
  /** Something fresh and empty, whose time is `clock.now()`, ms since the epoch, and nothing else. */
  create(setting: { readonly clock: StoreClock }): Promise<UnderTest>
}

export interface MessageCase<UnderTest> {
  readonly name: string
  readonly needs?: MessageNeed | undefined
  run(underTest: UnderTest, clock: VirtualClock): Promise<void>
}

const TIMEOUT_MS = 60_000

/** Hands every case to the test runner, each with something of its own. */
export function defineMessageSuite<UnderTest extends { close(): Promise<void> }>(
  name: string,
  { describe, it, create, declines = [], report }: MessageKitOptions<UnderTest>,
  cases: readonly MessageCase<UnderTest>[],
): void {
  const declined = new DeclinedCases()
  describe(name, () => {
    for (const one of cases) {
      if (one.needs !== undefined && declines.includes(one.needs)) {
        declined.add(one.needs)
        continue
      }
      it(
        one.name,
        async () => {
          const clock = new VirtualClock()
          const underTest = await create({ clock })
          try {
            await one.run(underTest, clock)
          } finally {
            await underTest.close()
          }
        },
        TIMEOUT_MS,
      )
    }
  })
  declined.report(name, report)
}

/** What a case needs, from what was made for it. @throws Error where it was neither given nor declined */
export function given<T>(what: T | null, need: MessageNeed): T {
  if (what === null) throw new Error(`create gives no ${need}: give it, or decline it`)
  return what
}

/** Rejects unless `work` is refused because its lease is over. */
export async function assertFenced(work: Promise<unknown>, what: string): Promise<void> {
  const code = await work.then(
    () => 'nothing',
    (error: unknown) => (error as { code?: unknown }).code,
  )
  if (code !== 'fenced') throw new Error(`${what} by a lease that is over: ${String(code)} instead of fenced`)
}
