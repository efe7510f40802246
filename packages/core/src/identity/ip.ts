import ipaddr from 'ipaddr.js'

/** How much of an address names a subject, in bits. */
export interface IpPrefixes {
  readonly prefix4: number
  readonly prefix6: number
}

/**
 * The network that an IP address belongs to, in one spelling (`203.0.113.7/32`, `2001:db8:0:1::/64`); `null` if the
 * text is no address. An IPv4 address written as an IPv6 one is the same subject.
 */
export function toNetwork(text: string, { prefix4, prefix6 }: IpPrefixes): string | null {
  const trimmed = text.trim()
  // Other spellings of IPv4 (`127.1`, octal) mean different addresses to different programs.
  if (ipaddr.IPv4.isValidFourPartDecimal(trimmed)) return network4(ipaddr.IPv4.parse(trimmed), prefix4)
  if (!ipaddr.IPv6.isValid(trimmed)) return null
  const address = ipaddr.IPv6.parse(trimmed)
  if (address.isIPv4MappedAddress()) return network4(address.toIPv4Address(), prefix4)
  const network = new ipaddr.IPv6(masked(address.toByteArray(), prefix6))
  return `${network.toRFC5952String()}/${prefix6}`
}

function network4(address: ipaddr.IPv4, prefix: number): string {
  return `${masked(address.toByteArray(), prefix).join('.')}/${prefix}`
}

function masked(bytes: readonly number[], prefix: number): number[] {
  return bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))) & 0xff)
}
