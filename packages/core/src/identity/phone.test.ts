import examples from 'libphonenumber-js/examples.mobile.json'
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { isCountry, toE164 } from './phone.js'

const LONDON = '+442079460958'

describe('phone', () => {
  it.each([
    '+442079460958',
    '+44 20 7946 0958',
    '+44 (0)20 7946 0958',
    '0044 20 7946 0958',
    '020 7946 0958',
    '(020) 7946-0958',
    '02079460958',
    '+44.20.7946.0958',
    '020/7946/0958',
    '  020  7946  0958 ',
    '020 7946 0958 ext. 12',
    'tel:+44-20-7946-0958',
    'TEL:+44-20-7946-0958;ext=12',
    'tel:020-7946-0958;phone-context=+44',
    '٠٢٠ ٧٩٤٦ ٠٩٥٨',
    '０２０ ７９４６ ０９５８',
  ])('has one name for all spellings: %j', (text) => {
    expect(toE164(text, 'GB')).toBe(LONDON)
  })

  it.each([
    ['011 15 2345-6789', 'AR', '+5491123456789'],
    ['+54 9 11 2345-6789', 'GB', '+5491123456789'],
    ['06 698 12345', 'IT', '+390669812345'],
    ['8 (912) 345-67-89', 'RU', '+79123456789'],
  ] as const)('knows national ways of writing: %j in %s', (text, country, e164) => {
    expect(toE164(text, country)).toBe(e164)
  })

  it.each(['', 'ada', '12', '020 7946 0958 or 0959', '+44 20 7946 0958 0000 0000', '+999 12345678', 'tel:'])(
    'is none: %j',
    (text) => {
      expect(toE164(text, 'GB')).toBeNull()
    },
  )

  it('without a default country must bring its own', () => {
    expect([toE164('020 7946 0958', undefined), toE164(LONDON, undefined)]).toEqual([null, LONDON])
  })

  it('knows countries by their codes', () => {
    expect(['GB', 'DE', 'gb', 'UK', 'XX', ''].filter(isCountry)).toEqual(['GB', 'DE'])
  })

  // What the larger metadata know besides is which ranges are in use, not how numbers are written.
  it.each(getCountries())('is read by the smallest metadata as by the largest: %s', (country) => {
    const example = getExampleNumber(country, examples)
    const spellings =
      example === undefined ? [] : [example.formatNational(), example.formatInternational(), example.number]
    expect(spellings.map((text) => toE164(text, country))).toEqual(
      spellings.map(
        (text) => parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })?.number,
      ),
    )
    expect(spellings).toHaveLength(3)
  })
})
