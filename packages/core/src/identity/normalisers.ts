import type { CountryCode } from 'libphonenumber-js/min'
import { isWellFormed } from '../input/text.js'
import { foldText } from './folded-text.js'
import { type IpPrefixes, toNetwork } from './ip.js'
import { toE164 } from './phone.js'

/** The shop's own way to bring an identity to one spelling: pure, and for the same subject always the same text. */
export type Normaliser = (text: string) => string

/** How identities are normalised before they are hashed. */
export interface IdentitySettings {
  readonly defaultCountry: CountryCode | undefined
  readonly ip: IpPrefixes
  readonly address: Normaliser | undefined
  /** The shop's own kinds. */
  readonly other: ReadonlyMap<string, Normaliser>
}

/** A normalised identity, or what is wrong with it in words that hold nothing of it. */
export type Normalised = { readonly text: string } | { readonly fault: string }

/** The way that identities of one kind are normalised. */
export function normaliserFor(kind: string, settings: IdentitySettings): (text: string) => Normalised {
  const { defaultCountry, ip, address, other } = settings
  switch (kind) {
    case 'phone':
      return (text) => orFault(toE164(text, defaultCountry), phoneFault(defaultCountry))
    case 'ip':
      return (text) => orFault(toNetwork(text, ip), 'must be an IPv4 or IPv6 address')
    default:
      return (text) => byShop(kind === 'address' ? address : other.get(kind), text)
  }
}

function phoneFault(defaultCountry: CountryCode | undefined): string {
  return defaultCountry === undefined
    ? 'must be a phone number with its country code: the policy names no default country'
    : 'must be a phone number'
}

function orFault(text: string | null, fault: string): Normalised {
  return text === null ? { fault } : { text }
}

function byShop(normalise: Normaliser | undefined, text: string): Normalised {
  let normalised: unknown
  try {
    normalised = normalise === undefined ? foldText(text) : normalise(text)
  } catch (error) {
    // Its message may hold the identity, so only its class is told.
    return {
      fault: `the policy's own normaliser threw ${error instanceof Error ? error.name : typeof error}`,
    }
  }
  if (normalised === '') return { fault: 'is empty once normalised' }
  if (typeof normalised !== 'string' || !isWellFormed(normalised)) {
    return { fault: "the policy's own normaliser must return well-formed text" }
  }
  return { text: normalised }
}
