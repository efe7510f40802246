import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const sources = fileURLToPath(new URL('.', import.meta.url))
const guide = readFileSync(new URL('../../../docs/write-an-adapter.md', import.meta.url), 'utf8')
const files = readdirSync(sources).filter((name) => name.endsWith('.ts'))
const written = files.map((name) => readFileSync(`${sources}${name}`, 'utf8'))
const excerpts = [...guide.matchAll(/^```ts sketch\n(.*?)^```$/gms)].map(([, code = '']) => code)

describe('the guide shows this very adapter', () => {
  test.each(excerpts)('%s', (excerpt) => {
    const lines = excerpt.split('\n').filter((line) => line.trim() !== '')
    const shown = written.filter((source) => lines.every((line) => source.includes(`${line}\n`)))
    expect(shown).toHaveLength(1)
  })

  test('and it is as short as it says', () => {
    const adapter = files.filter((name) => !name.endsWith('.test.ts'))
    const lines = adapter.map((name) => readFileSync(`${sources}${name}`, 'utf8').split('\n').length - 1)
    expect(lines.reduce((sum, one) => sum + one, 0)).toBeLessThan(300)
    expect(readFileSync(`${sources}conformance.test.ts`, 'utf8').split('\n').length - 1).toBeLessThanOrEqual(
      30,
    )
  })
})
