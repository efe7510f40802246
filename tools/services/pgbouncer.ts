import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { find } from './find.js'
import { startGuarded } from './guarded.js'
import { versionOfPostgres } from './postgres.js'
import { installPackages, programOf } from './programs.js'
import type { Service } from './service.js'
import { folderOf, userFor } from './system-user.js'

/** PgBouncer in transaction mode before a PostgreSQL that trusts us. @throws ServiceMissing */
export function startPgbouncer(postgres: Pick<Service, 'url'>): Promise<Service> {
  const { hostname, port: behind, username, pathname } = new URL(postgres.url)
  return find({
    name: 'pgbouncer',
    variable: 'HOLDFAST_PGBOUNCER_URL',
    // A container could not reach a server that listens on this machine's loopback alone.
    image: null,
    urlAt: (port) => `postgres://${username}@127.0.0.1:${port}${pathname}`,
    hasBinaries: () => programOf('pgbouncer') !== null,
    install: () => installPackages('pgbouncer'),

    async startBinaries(port, answers) {
      // It refuses root.
      const user = userFor('postgres')
      const folder = folderOf(user, 'pgbouncer')
      const settings = [
        '[databases]',
        `* = host=${hostname} port=${behind === '' ? 5432 : behind} user=${username}`,
        '[pgbouncer]',
        ...['listen_addr = 127.0.0.1', `listen_port = ${port}`, `unix_socket_dir = ${folder}`],
        ...['auth_type = any', 'pool_mode = transaction', 'default_pool_size = 5', 'max_client_conn = 200'],
        'ignore_startup_parameters = extra_float_digits',
      ]
      const file = join(folder, 'pgbouncer.ini')
      writeFileSync(file, `${settings.join('\n')}\n`)
      const command = programOf('pgbouncer') ?? 'pgbouncer'
      return startGuarded({ command, args: [file], folder, user, stopSignal: 'SIGINT' }, answers)
    },

    versionAt: async (url) => `PgBouncer before ${await versionOfPostgres(url)}`,
  })
}
