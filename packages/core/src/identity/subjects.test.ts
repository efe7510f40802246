import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultOf } from '../input/fault-of.test-support.js'
import { digest } from './digest.js'
import { type HashKey, loadHashKeys } from './hash-keys.js'
import type { IdentitySettings } from './normalisers.js'
import { type Identities, SubjectReader, subjectOf } from './subjects.js'

const OLD: HashKey = { id: 'k1', secret: 'the secret of the year before' }
const NEW: HashKey = { id: 'k2', secret: new Uint8Array(16).fill(7) }
const plain: IdentitySettings = {
  defaultCountry: 'GB',
  ip: { prefix4: 32, prefix6: 64 },
  address: undefined,
  other: new Map(),
}
const reader = (
  counted: readonly string[],
  keys: readonly HashKey[],
  settings: Partial<IdentitySettings> = {},
) => new SubjectReader(counted, { ...plain, ...settings }, loadHashKeys(keys))
const own = (entries: Record<string, string>) => new Map(Object.entries(entries))

describe('a user', () => {
  it('is named by a plain digest of 132 bits, byte for byte', () => {
    const hash = createHash('sha256').update('ada', 'utf8').digest('base64url')
    expect(digest('ada')).toBe(hash.slice(0, 22))
    const names = ['ada', 'Ada', ' ada', 'ada\u0000', 'ａda', 'a\u0308', 'ä'].map(
      (user) => reader([], [OLD]).read({ user }).user,
    )
    expect(new Set(names).size).toBe(names.length)
  })

  it('has no older names, whatever the keys', () => {
    const subjects = reader(['phone'], [NEW, OLD]).read({ user: 'ada', phone: '020 7946 0958' })
    expect(subjectOf(subjects, 'user')).toEqual({ name: digest('ada'), prior: [] })
  })
})

describe('a keyed identity', () => {
  it('ten spellings of one phone are one subject', () => {
    const spellings = [
      '+442079460958',
      '+44 20 7946 0958',
      '+44 (0)20 7946 0958',
      '0044 20 7946 0958',
      '020 7946 0958',
      '(020) 7946-0958',
      '02079460958',
      '+44.20.7946.0958',
      'tel:+44-20-7946-0958',
      '０２０ ７９４６ ０９５８',
    ]
    const counting = reader(['phone'], [OLD])
    const names = spellings.map((phone) => subjectOf(counting.read({ user: 'ada', phone }), 'phone').name)
    expect(new Set(names).size).toBe(1)
    expect(subjectOf(counting.read({ user: 'ada', phone: '020 7946 0959' }), 'phone').name).not.toBe(names[0])
  })

  it('is named by an HMAC of its kind and its normal form, under the id of its key', () => {
    const subjects = reader(['phone'], [OLD]).read({ user: 'ada', phone: '020 7946 0958' })
    const hash = createHmac('sha256', OLD.secret).update('5:phone+442079460958').digest('base64url')
    expect(subjects.keyed).toEqual([{ kind: 'phone', name: `k1.${hash.slice(0, 22)}`, prior: [] }])
  })

  it('has another name as another kind', () => {
    const { keyed } = reader(['device', 'card', 'address'], [OLD]).read({
      user: 'ada',
      address: 'x1',
      other: own({ device: 'x1', card: 'x1' }),
    })
    expect(new Set(keyed.map(({ name }) => name)).size).toBe(3)
  })

  it('keeps its name when keys rotate: first it is known under both, then written under the new one', () => {
    const ada: Identities = { user: 'ada', ip: '203.0.113.7' }
    const [before, announced, rotated, after] = [[OLD], [OLD, NEW], [NEW, OLD], [NEW]].map((keys) =>
      subjectOf(reader(['ip'], keys).read(ada), 'ip'),
    )
    expect(before?.prior).toEqual([])
    expect(announced).toMatchObject({ name: before?.name, prior: [after?.name] })
    expect(rotated).toMatchObject({ name: after?.name, prior: [before?.name] })
    expect(after?.prior).toEqual([])
    expect(before?.name).not.toBe(after?.name)
  })

  it('is the same each time it is read, remembered or not', () => {
    fc.assert(
      fc.property(fc.array(fc.ipV4(), { maxLength: 20 }), (addresses) => {
        const counting = reader(['ip'], [NEW, OLD])
        const first = addresses.map((ip) => counting.read({ user: 'ada', ip }))
        expect(addresses.map((ip) => counting.read({ user: 'ada', ip }))).toEqual(first)
        expect(addresses.map((ip) => reader(['ip'], [NEW, OLD]).read({ user: 'ada', ip }))).toEqual(first)
      }),
    )
  })

  it('is ignored unless it is counted', () => {
    const subjects = reader(['ip'], [OLD]).read({
      user: 'ada',
      ip: '::1',
      phone: 'no phone',
      other: own({ device: 'x' }),
    })
    expect(subjects.keyed.map(({ kind }) => kind)).toEqual(['ip'])
  })

  it('may have any name for a kind', () => {
    const kinds = ['__proto__', 'constructor', 'a/b:c{d}\u0000', 'user2']
    const subjects = reader(kinds, [OLD]).read({
      user: 'ada',
      other: new Map(kinds.map((kind) => [kind, 'x'])),
    })
    const stored = JSON.parse(JSON.stringify(subjects))
    expect(new Set(kinds.map((kind) => subjectOf(stored, kind).name)).size).toBe(kinds.length)
  })

  it('tells nothing of itself, as JSON either', () => {
    const buyer = {
      user: 'ada@example.org',
      phone: '+442079460958',
      address: '12 Main St',
      ip: '203.0.113.7',
    }
    const json = JSON.stringify(reader(['phone', 'address', 'ip'], [NEW, OLD]).read(buyer))
    for (const text of [
      'ada',
      'example',
      '442079460958',
      '2079460958',
      'Main',
      'main',
      '203.0.113',
      'secret',
    ]) {
      expect(json).not.toContain(text)
    }
  })

  it("is normalised by the shop's own function", () => {
    const settings = {
      address: (text: string) => text.replace(/\D/g, ''),
      other: new Map([['device', (text: string) => text.slice(0, 2)]]),
    }
    const counting = reader(['address', 'device'], [OLD], settings)
    const read = (address: string, device: string) =>
      counting.read({ user: 'ada', address, other: own({ device }) }).keyed
    expect(read('12 Main St', 'A1-x')).toEqual(read('Main Street 12', 'A1-y'))
    expect(read('12 Main St', 'A1-x')).not.toEqual(read('13 Main St', 'A1-x'))
  })
})

describe('an identity at fault', () => {
  const secretive = () => {
    throw new TypeError('cannot read 12 Main St')
  }
  it.each<[string, Identities, string, Partial<IdentitySettings>]>([
    ['phone', { user: 'ada', phone: '12 Main St' }, 'buyer.phone', {}],
    ['phone', { user: 'ada', phone: '020 12 Main St' }, 'buyer.phone', { defaultCountry: undefined }],
    ['ip', { user: 'ada', ip: '12 Main St' }, 'buyer.ip', {}],
    ['address', { user: 'ada', address: ' \u200b ' }, 'buyer.address', {}],
    ['address', { user: 'ada', address: '12 Main St' }, 'buyer.address', { address: secretive }],
    ['address', { user: 'ada', address: '12 Main St' }, 'buyer.address', { address: () => '' }],
    [
      'address',
      { user: 'ada', address: '12 Main St' },
      'buyer.address',
      { address: (text) => `${text}\ud800` },
    ],
    [
      'address',
      { user: 'ada', address: '12 Main St' },
      'buyer.address',
      { address: () => 5 as unknown as string },
    ],
    [
      'device',
      { user: 'ada', other: own({ device: '12 Main St' }) },
      'buyer.other.device',
      { other: new Map([['device', secretive]]) },
    ],
    ['my kind', { user: 'ada', other: own({ 'my kind': '\u200b' }) }, 'buyer.other["my kind"]', {}],
  ])('%s is told by its path, without its text (%#)', (kind, buyer, path, settings) => {
    const fault = faultOf(() => reader([kind], [OLD], settings).read(buyer))
    expect(fault).toMatchObject({ code: 'invalid-argument', path })
    expect(fault.cause).toBeUndefined()
    expect(fault.message).not.toMatch(/12|Main|\u200b/)
  })

  it.each([
    ['phone', 'buyer.phone'],
    ['address', 'buyer.address'],
    ['ip', 'buyer.ip'],
    ['device', 'buyer.other.device'],
  ])('%s is missing where a rule counts it', (kind, path) => {
    const subjects = reader([kind], [OLD]).read({ user: 'ada' })
    expect(faultOf(() => subjectOf(subjects, kind))).toMatchObject({ code: 'invalid-argument', path })
  })
})

describe('hash keys', () => {
  const secret = '0123456789abcdef'
  it.each<[unknown, string]>([
    [null, 'hashKeys'],
    ['secret', 'hashKeys'],
    [{ id: 'k1', secret }, 'hashKeys'],
    [[], 'hashKeys'],
    [Array.from({ length: 9 }, (_, n) => ({ id: `k${n}`, secret })), 'hashKeys'],
    [[secret], 'hashKeys[0]'],
    [[{ secret }], 'hashKeys[0].id'],
    [[{ id: '', secret }], 'hashKeys[0].id'],
    [[{ id: 'a.b', secret }], 'hashKeys[0].id'],
    [[{ id: 'a/b', secret }], 'hashKeys[0].id'],
    [[{ id: 'x'.repeat(33), secret }], 'hashKeys[0].id'],
    [[{ id: 5, secret }], 'hashKeys[0].id'],
    [
      [
        { id: 'k1', secret },
        { id: 'k1', secret: `${secret}2` },
      ],
      'hashKeys[1].id',
    ],
    [[{ id: 'k1' }], 'hashKeys[0].secret'],
    [[{ id: 'k1', secret: 'fifteen bytes!!' }], 'hashKeys[0].secret'],
    [[{ id: 'k1', secret: new Uint8Array(15) }], 'hashKeys[0].secret'],
    [[{ id: 'k1', secret: 1234567890123456 }], 'hashKeys[0].secret'],
    [[{ id: 'k1', secret: [...new Uint8Array(16)] }], 'hashKeys[0].secret'],
    [[{ id: 'k1', secret: `${secret}\ud800` }], 'hashKeys[0].secret'],
    [[{ id: 'k1', secret, algorithm: 'md5' }], 'hashKeys[0].algorithm'],
  ])('are refused: %j at %s', (keys, path) => {
    const fault = faultOf(() => loadHashKeys(keys))
    expect(fault).toMatchObject({ code: 'invalid-argument', path })
    expect(fault.message).not.toMatch(/0123456789|fifteen/)
  })

  it('take text by its bytes, and Buffers', () => {
    const text = '£'.repeat(8)
    const names = [text, Buffer.from(text), new TextEncoder().encode(text)].map(
      (bytes) => reader(['ip'], [{ id: 'k', secret: bytes }]).read({ user: 'ada', ip: '::1' }).keyed[0]?.name,
    )
    expect(new Set(names).size).toBe(1)
  })

  it('are copied, so that their bytes may be wiped', () => {
    const bytes = new Uint8Array(16).fill(7)
    const counting = reader(['ip'], [{ id: 'k', secret: bytes }])
    const before = counting.read({ user: 'ada', ip: '::1' }).keyed
    bytes.fill(0)
    expect(counting.read({ user: 'ada', ip: '0::1' }).keyed).toEqual(before)
  })
})
