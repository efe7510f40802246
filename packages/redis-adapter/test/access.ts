import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'

const DOCUMENT = new URL('../../../docs/redis.md', import.meta.url)

/** The lines of docs/redis.md that give a user his rights, by the user's name. */
export function grants(): ReadonlyMap<string, readonly string[]> {
  const lines = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^ACL SETUSER (\S+) (.*)$/gm)]
  return new Map(lines.map(([, user = '', rules = '']) => [user, rules.split(' ')]))
}

/** Commands that a user may run, as Redis names them: `cluster|slots`. */
export function commandsGranted(user: string): readonly string[] {
  return (grants().get(user) ?? []).filter((rule) => rule.startsWith('+')).map((rule) => rule.slice(1))
}

/** Sets the user up as the document does, but for keys of this prefix, and without some of his commands. */
export async function setUp(
  server: Redis,
  user: string,
  prefix: string,
  without: readonly string[] = [],
): Promise<void> {
  const rules = (grants().get(user) ?? []).map((rule) => {
    if (rule.startsWith('>')) return '>secret'
    return rule.replace('~holdfast:*', `~${prefix}*`)
  })
  const withdrawn = without.map((command) => `-${command}`)
  await server.call('ACL', 'SETUSER', `${prefix}${user}`, 'reset', ...rules, ...withdrawn)
}
