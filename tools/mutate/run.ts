import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stryker } from '@stryker-mutator/core'

type LogLevel = NonNullable<ConstructorParameters<typeof Stryker>[0]['logLevel']>

/** A change to the code that no test noticed. */
export interface Survivor {
  /** From the root of the workspace. */
  readonly file: string
  readonly line: number
  readonly mutator: string
  readonly replacement: string
}

export interface Verdict {
  /** Mutants that a test ran into. */
  readonly killed: number
  /** Of these, those that hung it: many of them on a machine that was stalled say nothing. */
  readonly hung: number
  readonly survivors: readonly Survivor[]
}

/**
 * Changes core's code in one place after another, and runs the tests that reach that place. `mutated`: the files to
 * change, from the root of the workspace, which must be the working directory; `testedIn`: folders of core's sources.
 */
export async function mutate(
  mutated: string,
  testedIn: readonly string[],
  concurrency = cpus().length,
): Promise<Verdict> {
  // Read by vitest.config.ts, in the processes that run the tests.
  process.env.HOLDFAST_TESTS_OF = testedIn.join(',')
  // Beyond node_modules, in which vite would take the copied sources for a library's.
  const tempDirName = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'))
  try {
    const stryker = new Stryker({
      mutate: [mutated, '!**/*.test.ts', '!**/*.test-support.ts'],
      testRunner: 'vitest',
      plugins: ['@stryker-mutator/vitest-runner'],
      vitest: { configFile: 'tools/mutate/vitest.config.ts', related: false },
      coverageAnalysis: 'perTest',
      concurrency,
      ignorePatterns: [
        '**',
        '!*.json',
        '!packages/core/{src,test}/**',
        '!packages/core/*.json',
        '!tools/mutate/**',
      ],
      reporters: process.stderr.isTTY ? ['progress'] : [],
      logLevel: 'error' as LogLevel,
      allowEmpty: false,
      tempDirName,
      cleanTempDir: 'always',
      timeoutMS: 10_000,
    })
    return verdictOf(await stryker.runMutationTest())
  } finally {
    rmSync(tempDirName, { recursive: true, force: true })
  }
}

function verdictOf(results: Awaited<ReturnType<Stryker['runMutationTest']>>): Verdict {
  const survivors: Survivor[] = []
  let [killed, hung] = [0, 0]
  for (const { status, fileName, location, mutatorName, replacement = '' } of results) {
    if (status === 'Timeout') hung += 1
    if (status === 'Killed' || status === 'Timeout') killed += 1
    else {
      const line = location.start.line
      survivors.push({ file: fileName, line, mutator: `${mutatorName} ${status}`, replacement })
    }
  }
  return { killed, hung, survivors }
}
