import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const INCLUDE = /^--- include (\S+)$/

/** The scripts of the Redis adapter, by the names that its code knows them by. */
const SCRIPTS = {
  APPLY: 'apply',
  DUMP: 'dump',
  HASH: 'hash',
  READ: 'read',
  CREATE: 'create',
  MARK_ENDED: 'mark-ended',
  FORGET_ENDED: 'forget-ended',
  DESCRIBE: 'describe',
  BEGIN_REBUILD: 'rebuilding/begin',
  LOAD: 'rebuilding/load',
  OPEN_REBUILT: 'rebuilding/open',
  WRITE_MESSAGES: 'messages/write',
  LEASE_SHARD: 'messages/lease',
  RENEW_LEASE: 'messages/renew',
  REWIND_LEASE: 'messages/rewind',
  READ_SHARD: 'messages/read',
  ACKNOWLEDGE: 'messages/acknowledge',
  SET_APART: 'messages/set-apart',
  NOTE_KEY: 'messages/note',
  RESUME_PARKED: 'messages/resume',
  LIST_PARKED: 'messages/parked',
  TELL_BACKLOG: 'messages/backlog',
  PREPARE_HALF: 'half-messages/prepare',
  DECIDE_HALF: 'half-messages/decide',
  TAKE_DUE: 'half-messages/take-due',
  REPORT_CHECK: 'half-messages/report',
  LIST_HALVES: 'half-messages/list',
  RESUME_HALF: 'half-messages/resume',
  REMOVE_DECIDED: 'half-messages/remove-decided',
}

/** Of these the server's time alone is asked, whatever clock a store is built with. */
const UNTIMED: readonly string[] = [
  'DUMP',
  'HASH',
  'READ',
  'CREATE',
  'MARK_ENDED',
  'DESCRIBE',
  'BEGIN_REBUILD',
] satisfies (keyof typeof SCRIPTS)[]

/** A script with its includes, each once, without comments and indentation: what the server is sent. */
function resolveScript(folder: string, file: string): string {
  const included = new Set<string>()
  const linesOf = (path: string): readonly string[] =>
    readFileSync(join(folder, `${path}.lua`), 'utf8')
      .split('\n')
      .flatMap((line) => {
        const name = INCLUDE.exec(line)?.[1]
        if (name === undefined) return [line]
        if (included.has(name)) return []
        included.add(name)
        return linesOf(`includes/${name}`)
      })
  return linesOf(file)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('--'))
    .join('\n')
}

/**
 * The module that holds them: nothing is read from disk when a shop runs. A script that takes the time begins with its clock,
 * which stands there once for all.
 */
export function embeddedModule(folder: string): string {
  const clock = resolveScript(folder, 'includes/clock')
  const consts = Object.entries(SCRIPTS).map(([name, file]) => {
    const text = resolveScript(folder, file)
    if (UNTIMED.includes(name)) return `export const ${name} = ${asLiteral(text)}`
    if (!text.startsWith(clock)) throw new Error(`${file}.lua does not begin with its clock`)
    return `export const ${name} = timed(${asLiteral(text.slice(clock.length + 1))})`
  })
  return `// Generated from lua/ by \`npm run check -- --fix lua\`: change it there.

const CLOCK = ${asLiteral(clock)}

const VIRTUAL_CLOCK = ${asLiteral(resolveScript(folder, 'includes/virtual-clock'))}

function timed(script: string) {
  return { real: CLOCK + script, virtual: VIRTUAL_CLOCK + script }
}

${consts.join('\n\n')}
`
}

function asLiteral(text: string): string {
  return `\`\n${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\n\``
}
