import { setTimeout as pause } from 'node:timers/promises'
import { HoldfastError } from '@holdfast/core/adapter'
import type { Knex } from 'knex'
import type { TableNames } from './table-names.js'

/** A released schema change: its name and statements never change again; what follows is a new one. */
export interface Migration {
  readonly name: string
  readonly statements: (names: TableNames) => readonly string[]
  /** What becomes of rows that are there, after the statements; it may be begun again. */
  readonly convert?: (transaction: Knex, names: TableNames) => Promise<void>
}

/** How long another process may take to bring the schema up to date before it is taken to be dead, ms. */
const LONGEST_WAIT = 10_000
/** How often it is looked whether it has, ms. */
const EVERY = 50

export interface Migrating {
  readonly knex: Knex
  readonly migrations: readonly Migration[]
  readonly names: TableNames
  /** Whether the database's error may be gone at the next try. */
  readonly isPassing: (error: unknown) => boolean
  /** Whether nobody else can be at it: then a lock that stands was left by a process that was killed. */
  readonly isAlone: boolean
}

/**
 * Runs what the database has not seen yet, each in a transaction. The statements come with the package. Several
 * processes may start at once: one of them does it, the others wait. What was killed half-way is taken up again.
 *
 * @throws HoldfastError `store-failed`
 */
export async function migrate({ knex, migrations, names, isPassing, isAlone }: Migrating): Promise<void> {
  const config = migratorConfig(migrations, names)
  const giveUpAt = performance.now() + LONGEST_WAIT
  let wasFreed = false
  for (;;) {
    try {
      const [, pending] = (await knex.migrate.list(config)) as [unknown, readonly unknown[]]
      if (pending.length > 0) await knex.migrate.latest(config)
      return
    } catch (cause) {
      const isLocked = cause instanceof Error && cause.name === 'MigrationLocked'
      const isTooLong = performance.now() > giveUpAt
      if (isLocked && !wasFreed && (isAlone || isTooLong)) {
        wasFreed = true
        await knex.migrate.forceFreeMigrationsLock(config)
      } else if (isTooLong || !(isLocked || isPassing(cause))) throw failed(cause)
    }
    await pause(EVERY)
  }
}

function migratorConfig(migrations: readonly Migration[], names: TableNames): Knex.MigratorConfig {
  return {
    tableName: names.migrations,
    migrationSource: {
      getMigrations: async () => [...migrations],
      getMigrationName: ({ name }: Migration) => name,
      getMigration: async ({ statements, convert }: Migration) => ({
        async up(transaction: Knex) {
          for (const statement of statements(names)) await transaction.raw(statement)
          await convert?.(transaction, names)
        },
        async down() {
          throw new Error('Holdfast has no way back to an older schema: restore a backup')
        },
      }),
    },
  }
}

function failed(cause: unknown): HoldfastError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HoldfastError('store-failed', `the schema could not be brought up to date: ${why}`, { cause })
}
