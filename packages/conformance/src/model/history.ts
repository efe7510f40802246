import type { Command } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import type { DeclaredCapabilities } from '../kit/options.js'
import { DAY, HOLD_MS, MINUTE, MUG, SHIRT, SHIRT_EU, supply } from '../scenario/commands.js'
import { commandArbitrary } from './command-arbitrary.js'

/** A batch, after so much time. */
export interface HistoryStep {
  readonly pass: number
  readonly commands: readonly Command[]
}

const PASSES = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.constantFrom(1, MINUTE, HOLD_MS - 1, HOLD_MS) },
  { weight: 1, arbitrary: fc.constant(DAY) },
)

/** What most histories begin with, so that something can be sold. */
export function openingSupply({ partitions }: Pick<DeclaredCapabilities, 'partitions'>): readonly Command[] {
  const accounts = partitions === 'one' ? [SHIRT, SHIRT_EU, MUG] : [SHIRT]
  return accounts.map((account, index) => supply(3 + 2 * index, account, 'opening'))
}

export function historyArbitrary(
  declared: DeclaredCapabilities,
  steps: number,
): fc.Arbitrary<readonly HistoryStep[]> {
  const commands = commandArbitrary(declared)
  const batch = fc.oneof(
    { weight: 4, arbitrary: fc.array(commands, { minLength: 1, maxLength: 1 }) },
    { weight: 3, arbitrary: fc.array(commands, { minLength: 1, maxLength: 8 }) },
  )
  const step = fc.record({ pass: PASSES, commands: batch })
  return fc
    .tuple(fc.boolean(), fc.array(step, { minLength: 1, maxLength: steps, size: 'max' }))
    .map(([isStocked, rest]) =>
      isStocked || rest.length % 2 === 0 ? [{ pass: 0, commands: openingSupply(declared) }, ...rest] : rest,
    )
}

/** `size` commands of every kind; the same for the same seed. */
export function mixedBatch(declared: DeclaredCapabilities, size: number, seed: number): readonly Command[] {
  const ids = Array.from({ length: Math.max(8, Math.ceil(size / 4)) }, (_, index) => `order ${index}`)
  return fc.sample(commandArbitrary(declared, ids), { numRuns: size, seed })
}
