import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { find, type Recipe } from './find.js'
import { startGuarded } from './guarded.js'
import { installPackages, programOf, run } from './programs.js'
import type { Service } from './service.js'
import { folderOf } from './system-user.js'

const SETTINGS = [
  '--max-connections=300',
  // A million orders as the benchmarks store them: what PostgreSQL does not hold itself the system does, MariaDB passes it by.
  '--innodb-buffer-pool-size=4G',
  // As much as is changed between two checkpoints: where it is full, everybody waits for pages to be written.
  '--innodb-log-file-size=2G',
  '--character-set-server=utf8mb4',
  // As it comes: every commit reaches the disk before it is answered.
  '--innodb-flush-log-at-trx-commit=1',
]

/** The last is what the second asks. */
const PROGRAMS = ['mariadbd', 'mariadb-install-db', 'my_print_defaults']

const recipe: Recipe = {
  name: 'mariadb',
  variable: 'HOLDFAST_MARIADB_URL',
  image: {
    name: 'mariadb:10.11',
    port: 3306,
    environment: () => ['MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1', 'MARIADB_DATABASE=holdfast'],
    args: SETTINGS,
  },
  urlAt: (port) => `mysql://root@127.0.0.1:${port}/holdfast`,
  hasBinaries: () => PROGRAMS.every((program) => programOf(program) !== null),
  // The programs without the service that would start by itself.
  install: () => installPackages('mariadb-server-core', 'mariadb-client-core'),

  async startBinaries(port, answers) {
    const folder = folderOf(null, 'mariadb')
    const data = join(folder, 'data')
    // As root it runs only when told so.
    const user = process.getuid?.() === 0 ? ['--user=root'] : []
    await run(
      programOf('mariadb-install-db') ?? 'mariadb-install-db',
      [
        ...['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal'],
        ...['--skip-test-db', ...user],
      ],
      { cwd: folder },
    )
    const args = [
      ...['--no-defaults', `--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1'],
      // Servers that share a folder for temporary tables delete each other's when they start.
      `--tmpdir=${folder}`,
      ...[`--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`, '--skip-name-resolve'],
      ...SETTINGS,
      ...user,
    ]
    const command = programOf('mariadbd') ?? 'mariadbd'
    return startGuarded({ command, args, folder, user: null, stopSignal: 'SIGTERM' }, answers)
  },

  async versionAt(url) {
    const database = new URL(url).pathname.slice(1)
    const connection = await mysql.createConnection({ uri: withoutDatabase(url), connectTimeout: 2_000 })
    try {
      if (database !== '')
        await connection.query(`create database if not exists ${connection.escapeId(database)}`)
      const [rows] = await connection.query<mysql.RowDataPacket[]>('select version() as version')
      const version = String(rows[0]?.version)
      return version.includes('MariaDB') ? `MariaDB ${version.split('-')[0]}` : `MySQL ${version}`
    } finally {
      connection.destroy()
    }
  },
}

function withoutDatabase(url: string): string {
  const server = new URL(url)
  server.pathname = ''
  return server.href
}

/** A durable MariaDB, or the MySQL that the environment names. @throws ServiceMissing */
export function startMariadb(): Promise<Service> {
  return find(recipe)
}
