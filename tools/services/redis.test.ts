import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cluster, Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './free-port.js'
import { ofRedis, runRedis, SYNCED } from './redis.js'
import type { ServiceName } from './service.js'
import { serverForTests } from './test-services.js'

async function urlOf(name: ServiceName, skip: () => never): Promise<string> {
  return (await serverForTests(name)) ?? skip()
}

test('one in memory keeps nothing on its disk, another syncs what it is told before it answers', async ({
  skip,
}) => {
  const memory = new Redis(await urlOf('redis', skip))
  const synced = new Redis(await urlOf('redis-aof', skip))
  onTestFinished(() => void [memory, synced].map((redis) => redis.disconnect()))
  expect(await memory.config('GET', 'appendonly')).toEqual(['appendonly', 'no'])
  expect(await synced.config('GET', 'append*')).toEqual(
    expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'always']),
  )
})

test('a replica has what its primary took', async ({ skip }) => {
  const primary = new Redis(await urlOf('redis-replicated', skip))
  onTestFinished(() => primary.disconnect())
  await primary.set('holdfast-services-test', 'one')
  expect(await primary.wait(1, 5_000)).toBe(1)
})

test('a cluster of three masters answers for every slot', async ({ skip }) => {
  const cluster = new Cluster([await urlOf('redis-cluster', skip)])
  onTestFinished(() => cluster.disconnect())
  await Promise.all(['{a}', '{b}', '{c}', '{d}'].map((key) => cluster.set(key, 'one', 'PX', 1_000)))
  expect(cluster.nodes('master')).toHaveLength(3)
})

test('one that is killed and run again on the same data has lost nothing that it answered', async ({
  skip,
}) => {
  if (!ofRedis.hasBinaries()) skip()
  const [port, data] = [await freePort(), mkdtempSync(join(tmpdir(), 'holdfast-test-'))]
  onTestFinished(() => rmSync(data, { recursive: true }))
  const toRun = { port, data, settings: SYNCED, stopSignal: 'SIGKILL' } as const
  for (const expected of [null, 'one']) {
    const server = await runRedis(toRun)
    const redis = new Redis(port)
    expect(await redis.get('key')).toBe(expected)
    await redis.set('key', 'one')
    redis.disconnect()
    await server.stop()
  }
})
