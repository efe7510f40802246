import { randomUUID } from 'node:crypto'
import { freePort } from './free-port.js'
import { type Guarded, startGuarded } from './guarded.js'
import { dockerAnswers } from './programs.js'
import { type Service, ServiceMissing, type ServiceName, type Source } from './service.js'
import { folderOf } from './system-user.js'

export interface Image {
  readonly name: string
  /** The port it listens on within its container. */
  readonly port: number
  /** `port` is the one that it is reached at from outside. */
  readonly environment: (port: number) => readonly string[]
  /** What its server is started with. */
  readonly args: readonly string[]
}

/** How one kind of server is found, started and asked. */
export interface Recipe {
  readonly name: ServiceName
  /** Names an own server's URL. */
  readonly variable: string
  /** `null`: not in Docker. */
  readonly image: Image | null
  readonly urlAt: (port: number) => string
  /** Whether its programs are there. */
  readonly hasBinaries: () => boolean
  /** A private server on this port, by its local programs. */
  readonly startBinaries: (port: number, answers: () => Promise<string>) => Promise<Guarded>
  readonly install: () => Promise<void>
  /** The server's own word on its version; rejects if it does not answer. */
  readonly versionAt: (url: string) => Promise<string>
}

/**
 * A server of one's own: the one that the environment names, else in Docker, else by local programs, else by programs
 * that are installed for it.
 *
 * @throws ServiceMissing
 */
export async function find(recipe: Recipe): Promise<Service> {
  const { name, variable, versionAt } = recipe
  const url = process.env[variable]
  if (url !== undefined && url !== '') {
    const version = await versionAt(url).catch((error: unknown) => {
      throw new ServiceMissing(name, [`${variable} names one that does not answer: ${String(error)}`])
    })
    return { name, url, version, source: 'environment', stop: async () => {} }
  }
  const attempts = [`${variable} is not set`]
  for (const [source, start] of ways(recipe)) {
    try {
      const started = await start()
      if (started !== null) return { name, source, ...started }
      attempts.push(`${source}: none`)
    } catch (error) {
      attempts.push(`${source}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new ServiceMissing(name, attempts)
}

interface Started extends Guarded {
  readonly url: string
}

function ways(recipe: Recipe): readonly (readonly [Source, () => Promise<Started | null>])[] {
  return [
    [
      'docker',
      async () =>
        recipe.image !== null && (await dockerAnswers()) ? await inDocker(recipe, recipe.image) : null,
    ],
    ['local binaries', async () => (recipe.hasBinaries() ? await byBinaries(recipe) : null)],
    [
      'installed',
      async () => {
        if (recipe.hasBinaries()) return null
        await recipe.install()
        return await byBinaries(recipe)
      },
    ],
  ]
}

async function byBinaries({ urlAt, versionAt, startBinaries }: Recipe): Promise<Started> {
  const port = await freePort()
  const url = urlAt(port)
  return { url, ...(await startBinaries(port, () => versionAt(url))) }
}

async function inDocker({ name, urlAt, versionAt }: Recipe, image: Image): Promise<Started> {
  const port = await freePort()
  const url = urlAt(port)
  const environment = image.environment(port).flatMap((variable) => ['--env', variable])
  const container = `holdfast-${name}-${randomUUID()}`
  const started = await startGuarded(
    {
      command: 'docker',
      args: [
        ...['run', '--rm', '--name', container, '--publish', `127.0.0.1:${port}:${image.port}`],
        ...[...environment, image.name, ...image.args],
      ],
      folder: folderOf(null, name),
      user: null,
      // The command in the foreground hands it on to the server.
      stopSignal: 'SIGTERM',
    },
    () => versionAt(url),
  )
  return { url, ...started }
}
