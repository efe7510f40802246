import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'

/** Whether a country is known by this ISO 3166-1 alpha-2 code. */
export function isCountry(code: string): code is CountryCode {
  return isSupportedCountry(code)
}

/**
 * A phone number in E.164, whatever its spelling; `null` if it is none.
 *
 * A number is taken if its length is possible in its country: whether its range is in use changes faster than any
 * table. That is all that the smallest metadata lacks, so they suffice (`phone.test.ts` compares).
 *
 * @param defaultCountry where a number is from that does not name its country; without it, such a number is none
 */
export function toE164(text: string, defaultCountry: CountryCode | undefined): string | null {
  const phone = parsePhoneNumberFromString(withoutScheme(text), {
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
    extract: false,
  })
  return phone?.isPossible() ? phone.number : null
}

/** `tel:+1-201-555-0123;ext=7` without scheme and parameters; a phone context is left for the library to read. */
function withoutScheme(text: string): string {
  const uri = /^\s*tel:([^;]*)(.*)$/isu.exec(text)
  if (uri === null || uri[2]?.toLowerCase().includes('phone-context')) return text
  return uri[1] as string
}
