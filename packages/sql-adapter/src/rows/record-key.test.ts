import { expect, test } from 'vitest'
import { recordKey } from './record-key.js'

test.each([
  ['limit/two-each/sku:PHONE/AbC', { scope: 'limit/two-each/sku:PHONE/', subject: 'AbC' }],
  ['no slash', { scope: '', subject: 'no slash' }],
  ['ends in one/', { scope: 'ends in one/', subject: '' }],
  ['/', { scope: '/', subject: '' }],
  ['a//b', { scope: 'a//', subject: 'b' }],
])('%s is cut after its last slash, and whole again when put together', (name, key) => {
  expect(recordKey(name)).toEqual(key)
  expect(key.scope + key.subject).toBe(name)
})
