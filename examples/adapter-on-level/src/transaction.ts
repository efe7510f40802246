import { type Kept, type Level, tableOf } from './tables.js'

/** What a batch reads and writes: read before core decides, written after, all of it or nothing. */
export class Transaction {
  private readonly known = new Map<string, unknown>()
  private readonly changed = new Map<string, readonly [kind: keyof Kept, key: string]>()

  constructor(protected readonly level: Level) {}

  async load(kind: keyof Kept, keys: Iterable<string>): Promise<void> {
    const missing = [...new Set(keys)].filter((key) => !this.known.has(`${kind}/${key}`))
    const values = await tableOf(this.level, kind).getMany(missing)
    for (const [at, key] of missing.entries()) this.known.set(`${kind}/${key}`, values[at])
  }

  readonly get = <Kind extends keyof Kept>(kind: Kind, key: string) =>
    this.known.get(`${kind}/${key}`) as Kept[Kind] | undefined

  loaded<Kind extends keyof Kept>(kind: Kind): Kept[Kind][] {
    const all = [...this.known].filter(([at, value]) => at.startsWith(`${kind}/`) && value !== undefined)
    return all.map(([, value]) => value as Kept[Kind])
  }

  /** `undefined` removes it. */
  put<Kind extends keyof Kept, Value extends Kept[Kind] | undefined>(kind: Kind, key: string, value: Value) {
    this.known.set(`${kind}/${key}`, value)
    this.changed.set(`${kind}/${key}`, [kind, key])
    return value
  }

  readonly next = (number: 'sequence' | 'place') =>
    this.put('numbers', number, (this.get('numbers', number) ?? 0) + 1)

  /** Resolves when it is on disk. */
  async commit(): Promise<void> {
    const writes = [...this.changed.values()].map(([kind, key]) => {
      const [at, value] = [{ sublevel: tableOf(this.level, kind), key }, this.get(kind, key)]
      return value === undefined ? { type: 'del' as const, ...at } : { type: 'put' as const, ...at, value }
    })
    if (writes.length > 0) await this.level.batch<string, unknown>(writes, { sync: true })
  }
}
