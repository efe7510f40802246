import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isServiceName, StartedServices } from './started.js'
import { ADDRESS, type Answer } from './test-services.js'

/**
 * What vitest runs around all tests: test files, each in a process of its own, share the servers that any of them asks
 * for. At the end it says what ran on what.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const services = new StartedServices()
  const answerTo = async (name: string): Promise<Answer> => {
    if (!isServiceName(name)) return { missing: `no service is called ${name}` }
    try {
      const { url, version } = await services.get(name)
      return { url, version }
    } catch (error) {
      return { missing: error instanceof Error ? error.message : String(error) }
    }
  }
  const server = createServer(async (request, response) => {
    response.end(JSON.stringify(await answerTo((request.url ?? '/').slice(1))))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env[ADDRESS] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return async () => {
    server.closeAllConnections()
    server.close()
    const lines = await services.stop()
    if (lines.length > 0) process.stdout.write(`\nServers\n${lines.map((line) => `  ${line}\n`).join('')}`)
  }
}
