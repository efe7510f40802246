import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const INCLUDE = /^--- include (\S+)$/

/** A script with its includes, each once, without comments and indentation: what the server is sent. */
function resolveScript(
  folder: string,
  file: string,
  replaced: Readonly<Record<string, string>> = {},
): string {
  const included = new Set<string>()
  const linesOf = (path: string): readonly string[] =>
    readFileSync(join(folder, path), 'utf8')
      .split('\n')
      .flatMap((line) => {
        const name = INCLUDE.exec(line)?.[1]
        if (name === undefined) return [line]
        if (included.has(name)) return []
        included.add(name)
        return linesOf(`includes/${replaced[name] ?? name}.lua`)
      })
  return linesOf(file)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('--'))
    .join('\n')
}

/** The scripts of the Redis adapter, by the names that its code knows them by. */
export function scriptsIn(folder: string): Readonly<Record<string, string>> {
  return {
    APPLY: resolveScript(folder, 'apply.lua'),
    APPLY_AT: resolveScript(folder, 'apply.lua', { clock: 'virtual-clock' }),
    DUMP: resolveScript(folder, 'dump.lua'),
    HASH: resolveScript(folder, 'hash.lua'),
    READ: resolveScript(folder, 'read.lua'),
    CREATE: resolveScript(folder, 'create.lua'),
  }
}

/** The module that holds them: nothing is read from disk when a shop runs. What the two ways to apply share is there once. */
export function moduleOf(scripts: Readonly<Record<string, string>>): string {
  const { APPLY = '', APPLY_AT = '', ...others } = scripts
  const shared = commonTail(APPLY, APPLY_AT)
  const headOf = (text: string) => text.slice(0, text.length - shared.length)
  const consts = [
    `const APPLYING = ${asLiteral(shared)}`,
    `export const APPLY = ${asLiteral(headOf(APPLY))} + APPLYING`,
    `export const APPLY_AT = ${asLiteral(headOf(APPLY_AT))} + APPLYING`,
    ...Object.entries(others).map(([name, text]) => `export const ${name} = ${asLiteral(text)}`),
  ]
  return `// Generated from lua/ by \`npm run check -- --fix lua\`: change it there.\n\n${consts.join('\n\n')}\n`
}

/** The lines that both end with. */
function commonTail(one: string, other: string): string {
  const [ones, others] = [one.split('\n'), other.split('\n')]
  let same = 0
  while (same < Math.min(ones.length, others.length) && ones.at(-1 - same) === others.at(-1 - same)) same++
  return ones.slice(ones.length - same).join('\n')
}

function asLiteral(text: string): string {
  return `\`\n${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\n\``
}
