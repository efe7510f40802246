import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { find, type Recipe } from './find.js'
import { startGuarded } from './guarded.js'
import { installPackages, programOf, run } from './programs.js'
import type { Service } from './service.js'
import { folderOf, userFor } from './system-user.js'

const SETTINGS = [
  'max_connections=300',
  // A million orders as the benchmarks store them, in memory as an administrator would have them.
  'shared_buffers=2GB',
  // Else every gigabyte of log begins a checkpoint, after which each page is logged whole once more.
  'max_wal_size=4GB',
]

const recipe: Recipe = {
  name: 'postgres',
  variable: 'HOLDFAST_POSTGRES_URL',
  image: {
    name: 'postgres:17',
    port: 5432,
    environment: () => ['POSTGRES_HOST_AUTH_METHOD=trust'],
    args: SETTINGS.flatMap((setting) => ['-c', setting]),
  },
  urlAt: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
  hasBinaries: () => programOf('initdb') !== null && programOf('postgres') !== null,
  install: () => installPackages('postgresql'),

  async startBinaries(port, answers) {
    // PostgreSQL refuses root.
    const user = userFor('postgres')
    const folder = folderOf(user, 'postgres')
    const data = join(folder, 'data')
    // No locale's order, so that texts sort by their bytes; synced once the server runs, not here.
    const options = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync', '-D', data]
    await run(programOf('initdb') ?? 'initdb', options, { cwd: folder, ...user })
    const settings = [
      ...SETTINGS,
      `port=${port}`,
      "listen_addresses='127.0.0.1'",
      `unix_socket_directories='${folder}'`,
      // As it comes: every commit reaches the disk before it is answered.
      'fsync=on',
      'synchronous_commit=on',
    ]
    writeFileSync(join(data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`)
    const command = programOf('postgres') ?? 'postgres'
    // SIGINT is its fast shutdown: it waits for no client.
    return startGuarded({ command, args: ['-D', data], folder, user, stopSignal: 'SIGINT' }, answers)
  },

  versionAt: versionOfPostgres,
}

/** A durable PostgreSQL. @throws ServiceMissing */
export function startPostgres(): Promise<Service> {
  return find(recipe)
}

/** The server's own word; rejects if it does not answer. */
export async function versionOfPostgres(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return `PostgreSQL ${rows[0]?.server_version}`
  } finally {
    await client.end().catch(() => {})
  }
}
