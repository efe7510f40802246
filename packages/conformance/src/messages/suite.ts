import type { StoreClock } from '@holdfast/core/adapter'
import type { TestFunctions } from '../kit/options.js'
import { VirtualClock } from '../kit/virtual-clock.js'

/** What a suite of a message port is given. */
export interface MessageKitOptions<UnderTest extends { close(): Promise<void> }> extends TestFunctions {
  /** Something fresh and empty, whose time is `clock.now()`, ms since the epoch, and nothing else. */
  create(setting: { readonly clock: StoreClock }): Promise<UnderTest>
}

export interface MessageCase<UnderTest> {
  readonly name: string
  run(underTest: UnderTest, clock: VirtualClock): Promise<void>
}

const TIMEOUT_MS = 60_000

/** Hands every case to the test runner, each with something of its own. */
export function defineMessageSuite<UnderTest extends { close(): Promise<void> }>(
  name: string,
  { describe, it, create }: MessageKitOptions<UnderTest>,
  cases: readonly MessageCase<UnderTest>[],
): void {
  describe(name, () => {
    for (const one of cases) {
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
}

/** Rejects unless `work` is refused because its lease is over. */
export async function assertFenced(work: Promise<unknown>, what: string): Promise<void> {
  const code = await work.then(
    () => 'nothing',
    (error: unknown) => (error as { code?: unknown }).code,
  )
  if (code !== 'fenced') throw new Error(`${what} by a lease that is over: ${String(code)} instead of fenced`)
}
