import { describe, expect, it } from 'vitest'
import { toNetwork } from './ip.js'

const whole = { prefix4: 32, prefix6: 64 }

describe('IP', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7/32'],
    [' 203.0.113.7 ', '203.0.113.7/32'],
    ['::ffff:203.0.113.7', '203.0.113.7/32'],
    ['::FFFF:cb00:7107', '203.0.113.7/32'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7/32'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
    ['2001:db8:0:2::1', '2001:db8:0:2::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['::1', '::/64'],
    ['255.255.255.255', '255.255.255.255/32'],
  ])('%j is of %s', (text, network) => {
    expect(toNetwork(text, whole)).toBe(network)
  })

  it.each([
    [{ prefix4: 24, prefix6: 56 }, '203.0.113.7', '203.0.113.0/24'],
    [{ prefix4: 20, prefix6: 56 }, '203.0.113.7', '203.0.112.0/20'],
    [{ prefix4: 1, prefix6: 56 }, '203.0.113.7', '128.0.0.0/1'],
    [{ prefix4: 24, prefix6: 56 }, '::ffff:203.0.113.7', '203.0.113.0/24'],
    [{ prefix4: 24, prefix6: 56 }, '2001:db8:0:1ff::1', '2001:db8:0:100::/56'],
    [{ prefix4: 24, prefix6: 128 }, '2001:db8::1', '2001:db8::1/128'],
    [{ prefix4: 24, prefix6: 1 }, 'ffff::1', '8000::/1'],
  ])('%j takes %s for %s', (prefixes, text, network) => {
    expect(toNetwork(text, prefixes)).toBe(network)
  })

  it.each([
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '010.0.0.1',
    '2130706433',
    '203.0.113.256',
    '203.0.113.7:80',
    '[::1]',
    '::1::',
    '203.0.113.7/24',
  ])('is none: %j', (text) => {
    expect(toNetwork(text, whole)).toBeNull()
  })
})
