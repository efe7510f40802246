import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

let folder = ''
let service: ChildProcess
let url = ''
/** A sender that can be asked, and whoever takes the messages: both are this test. */
let outside: Server
let outsideUrl = ''
const delivered: string[] = []
const answers = new Map<string, string>()
let asked = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-messages-'))
  outside = createServer(async (request, response) => {
    if (request.url === '/check') {
      asked++
      const { id } = JSON.parse(await bodyOf(request)) as { id: string }
      response.end(JSON.stringify({ answer: answers.get(id) ?? 'unknown' }))
      return
    }
    delivered.push(String(request.headers.ce_id))
    response.end()
  })
  outside.listen(0, '127.0.0.1')
  await once(outside, 'listening')
  outsideUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
  await open()
})

afterAll(async () => {
  await end('SIGTERM')
  outside.closeAllConnections()
  outside.close()
  rmSync(folder, { recursive: true, force: true })
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += part
  return text
}

async function open(): Promise<void> {
  service = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./main.ts', import.meta.url))],
    {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      env: {
        ...process.env,
        PORT: '0',
        MESSAGES_DB: join(folder, 'messages.db'),
        DELIVER_TO: outsideUrl,
        CHECKS: '2',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  for await (const line of createInterface({ input: service.stdout as NodeJS.ReadableStream })) {
    url = /http:\S+$/.exec(line)?.[0] ?? ''
    if (url !== '') return
  }
  throw new Error('the service did not open')
}

async function end(signal: NodeJS.Signals): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return
  const ended = once(service, 'exit')
  service.kill(signal)
  await ended
}

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(url + path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
}

function prepare(id: string, checkAfterMs = 60_000) {
  const message = { id, aggregate: 'order', key: 'order-1', type: 'order.paid', payload: '{"total":5}' }
  return call('POST', '/messages', { message, checkAt: `${outsideUrl}/check`, checkAfterMs })
}

const statusOf = async (id: string) =>
  ((await call('GET', `/messages/${id}`)).body as { status?: string }).status
const eventually = (what: () => unknown) => expect.poll(what, { timeout: 30_000, interval: 50 })

it('delivers what is confirmed, once, and never what is cancelled', async () => {
  expect(await prepare('confirmed')).toEqual({ status: 201, body: { kind: 'prepared', status: 'prepared' } })
  expect(await prepare('cancelled')).toMatchObject({ status: 201 })
  expect((await call('POST', '/messages/cancelled/cancel')).body).toEqual({
    status: 'rolled-back',
    isNew: true,
  })
  expect((await call('POST', '/messages/cancelled/confirm')).body).toEqual({
    status: 'rolled-back',
    isNew: false,
  })
  expect((await call('POST', '/messages/confirmed/confirm')).body).toEqual({
    status: 'committed',
    isNew: true,
  })
  expect((await call('POST', '/messages/confirmed/confirm')).body).toEqual({
    status: 'committed',
    isNew: false,
  })
  await eventually(() => delivered).toEqual(['confirmed'])
  expect(await prepare('confirmed')).toEqual({ status: 200, body: { kind: 'replayed', status: 'committed' } })
})

it('asks the sender of which nothing more was heard, after it was killed as well', async () => {
  answers.set('asked-yes', 'committed')
  answers.set('asked-no', 'rolled-back')
  await prepare('asked-yes', 1_500)
  await prepare('asked-no', 1_500)
  await end('SIGKILL')
  await open()
  await eventually(() => statusOf('asked-yes')).toBe('committed')
  await eventually(() => statusOf('asked-no')).toBe('rolled-back')
  await eventually(() => delivered.filter((id) => id === 'asked-yes').length).toBeGreaterThan(0)
  expect(delivered).not.toContain('asked-no')
})

it('keeps what its sender does not know for an operator, who has it checked again', async () => {
  asked = 0
  await prepare('dead', 1)
  await eventually(() => statusOf('dead')).toBe('parked')
  expect(asked).toBe(2)
  const dead = (await call('GET', '/dead-messages')).body as { messages: { id: string; checks: number }[] }
  expect(dead.messages).toMatchObject([{ id: 'dead', checks: 2 }])
  answers.set('dead', 'committed')
  expect((await call('POST', '/messages/dead/retry')).status).toBe(204)
  expect((await call('POST', '/messages/nobody/retry')).status).toBe(404)
  await eventually(() => delivered).toContain('dead')
})

it('what was confirmed before it was killed is delivered after', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `killed-${index}`)
  await Promise.all(ids.map((id) => prepare(id)))
  await Promise.all(ids.map((id) => call('POST', `/messages/${id}/confirm`)))
  await end('SIGKILL')
  await open()
  await eventually(() => ids.filter((id) => !delivered.includes(id))).toEqual([])
  expect(delivered).not.toContain('cancelled')
})

it('refuses what is malformed, and describes itself', async () => {
  expect((await call('POST', '/messages', { message: {} })).status).toBe(400)
  expect((await call('GET', '/messages/nobody')).status).toBe(404)
  const document = (await call('GET', '/openapi.json')).body as { openapi: string; paths: object }
  expect(document.openapi).toMatch(/^3\./)
  expect(Object.keys(document.paths)).toContain('/messages/{id}/confirm')
})
