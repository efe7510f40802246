import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitsUtf8, isWellFormed, utf8Length } from './text.js'

const anyText = fc.string({ unit: 'binary' })

describe('text', () => {
  it('counts the bytes that UTF-8 takes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'))
      }),
    )
  })

  it('knows whether text fits, to the byte', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const bytes = Buffer.byteLength(text, 'utf8')
        expect(fitsUtf8(text, bytes)).toBe(true)
        expect(bytes === 0 || !fitsUtf8(text, bytes - 1)).toBe(true)
      }),
    )
  })

  it.each([
    ['', true],
    ['ada\u0000', true],
    ['👍', true],
    ['\ud83d', false],
    ['\udc4d', false],
    ['\udc4d\ud83d', false],
  ])('%j well-formed: %s', (text, wellFormed) => {
    expect(isWellFormed(text)).toBe(wellFormed)
  })
})
