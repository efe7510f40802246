import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './free-port.js'
import { startGuarded } from './guarded.js'
import { brokersAt } from './kafka.js'
import { KafkaCluster } from './kafka-cluster.js'
import { folderOf } from './system-user.js'
import { serverForTests } from './test-services.js'

/** A server that answers on a port and says one line. */
const server = (port: number) => [
  '-e',
  `console.log('listening'); require('node:net').createServer().listen(${port}, '127.0.0.1')`,
]

function answersAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve('1.0')).once('error', reject)
    socket.once('connect', () => socket.destroy())
  })
}

test('a server runs until it is stopped, and its folder goes with it', async () => {
  const [port, folder] = [await freePort(), folderOf(null, 'test')]
  const command = { command: process.execPath, args: server(port), folder, user: null } as const
  const started = await startGuarded({ ...command, stopSignal: 'SIGTERM' }, () => answersAt(port))
  expect(started.version).toBe('1.0')
  expect(readdirSync(folder)).toEqual(['server.log'])
  await started.stop()
  await expect(answersAt(port)).rejects.toThrow('ECONNREFUSED')
  expect(existsSync(folder)).toBe(false)
})

test('a server is ended by the signal that is asked for', async () => {
  const [port, folder] = [await freePort(), folderOf(null, 'test')]
  const farewell = `${folder}.farewell`
  onTestFinished(() => rmSync(farewell, { force: true }))
  const polite = `process.on('SIGTERM', () => { require('node:fs').writeFileSync('${farewell}', ''); process.exit() })`
  const args = ['-e', `${polite}; ${server(port)[1]}`]
  const command = { command: process.execPath, args, folder, user: null, stopSignal: 'SIGKILL' } as const
  const started = await startGuarded(command, () => answersAt(port))
  await started.stop('SIGTERM')
  expect(existsSync(farewell)).toBe(true)
})

test('a broker is killed, and runs again on its data', async () => {
  if ((await serverForTests('kafka')) === null) return
  const cluster = await KafkaCluster.start(1)
  onTestFinished(() => cluster.stop())
  await cluster.end(1, 'SIGKILL')
  await expect(brokersAt(cluster.brokers)).rejects.toThrow('ECONNREFUSED')
  await cluster.run(1)
  expect(await brokersAt(cluster.brokers)).toBe(1)
})

test('a server that ends by itself is told with its last words', async () => {
  const folder = folderOf(null, 'test')
  const args = ['-e', `console.error('no such disk'); process.exit(3)`]
  const command = { command: process.execPath, args, folder, user: null, stopSignal: 'SIGTERM' } as const
  await expect(startGuarded(command, () => Promise.reject(new Error('silent')))).rejects.toThrow(
    'no such disk',
  )
})

test('a server ends with the process that asked for it, even one that is killed', async () => {
  const [port, folder] = [await freePort(), folderOf(null, 'test')]
  const asking = fileURLToPath(new URL('./guard.mjs', import.meta.url))
  const command = { command: process.execPath, args: server(port), folder, user: null, stopSignal: 'SIGTERM' }
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const { spawn } = require('node:child_process')
       spawn(process.execPath, [${JSON.stringify(asking)}, ${JSON.stringify(JSON.stringify(command))}], {
         stdio: ['pipe', 'ignore', 'ignore'], detached: true })
       console.log('started'); setInterval(() => {}, 1000)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void parent.kill('SIGKILL'))
  await once(createInterface({ input: parent.stdout }), 'line')
  await expect.poll(() => answersAt(port).catch(() => 'silent')).toBe('1.0')
  parent.kill('SIGKILL')
  await expect.poll(() => answersAt(port).catch(() => 'silent')).toBe('silent')
  await expect.poll(() => existsSync(folder)).toBe(false)
  expect(readdirSync(tmpdir())).not.toContain(folder)
})
