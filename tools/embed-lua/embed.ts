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

/** The module that holds them: nothing is read from disk when a shop runs. */
export function moduleOf(scripts: Readonly<Record<string, string>>): string {
  const consts = Object.entries(scripts).map(([name, text]) => `export const ${name} = ${asLiteral(text)}\n`)
  return `// Generated from lua/ by \`npm run check -- --fix lua\`: change it there.\n\n${consts.join('\n')}`
}

function asLiteral(text: string): string {
  return `\`\n${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\n\``
}
