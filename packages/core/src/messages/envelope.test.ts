import { expect, test } from 'vitest'
import type { IncomingRecord, Message } from '../port/message.js'
import { defaultTopic, receivedFrom, recordOf } from './envelope.js'

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

function incoming(part: Partial<IncomingRecord>): IncomingRecord {
  return { topic: 't', partition: 2, offset: '7', key: null, value: null, headers: {}, at: 5, ...part }
}

test('a message is a CloudEvent in the binary form, and comes back as it was', () => {
  const message = {
    id: 'one',
    aggregate: 'order',
    key: 'order-1',
    type: 'order.paid',
    payload: '{"total":5}',
    at: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    headers: { traceparent: TRACE },
  }
  const record = recordOf(message, 'shop', defaultTopic)
  expect(record).toEqual({
    topic: 'holdfast.order',
    key: 'order-1',
    value: '{"total":5}',
    headers: {
      ce_specversion: '1.0',
      ce_id: 'one',
      ce_source: 'shop',
      ce_type: 'order.paid',
      ce_time: '2026-01-02T03:04:05.006Z',
      traceparent: TRACE,
    },
  })
  const bytes = (text: string) => new TextEncoder().encode(text)
  const headers = Object.fromEntries(
    Object.entries(record.headers).map(([name, value]) => [name, bytes(String(value))]),
  )
  const received = receivedFrom(incoming({ key: bytes('order-1'), value: bytes('{"total":5}'), headers }))
  expect(received).toMatchObject({
    id: 'one',
    source: 'shop',
    type: 'order.paid',
    subject: 'order-1',
    time: new Date(message.at),
    data: { total: 5 },
    headers: { traceparent: TRACE },
  })
})

test.each([
  ['{}', {}, undefined],
  ['{}', { 'content-type': 'application/json' }, undefined],
  ['<a/>', { 'content-type': 'text/xml' }, 'text/xml'],
  [new Uint8Array([1]), {}, 'application/octet-stream'],
  [new Uint8Array([123, 125]), { 'content-type': 'application/json' }, undefined],
])('of %j with %j the content type is %j: JSON is not said', (payload, headers, contentType) => {
  const message = { id: '1', aggregate: 'order', key: 'a', type: 'order.paid', payload, at: 0, headers }
  const told = recordOf(message as Message, 'shop', defaultTopic)
  expect(told.headers['content-type']).toBe(contentType)
  const { data } = receivedFrom(incoming({ value: new Uint8Array([123, 125]), headers: told.headers }))
  expect(data).toEqual(contentType === undefined ? {} : new Uint8Array([123, 125]))
})

test.each([
  ['Debezium names it by a header', { headers: { id: 'row-1' } }, { id: 'row-1', source: 't', type: '' }],
  ['nobody named it', {}, { id: '2/7', source: 't', time: new Date(5), data: null, subject: '' }],
  [
    'bytes stay bytes',
    { value: new Uint8Array([1, 2]), headers: { 'content-type': 'application/octet-stream' } },
    { data: new Uint8Array([1, 2]) },
  ],
  [
    'JSON by a suffix',
    {
      value: new TextEncoder().encode('[1]'),
      headers: { 'content-type': 'application/x+json; charset=utf-8' },
    },
    { data: [1] },
  ],
])('a record of another hand: %s', (_, part, expected) => {
  expect(receivedFrom(incoming(part))).toMatchObject(expected)
})
