import type { GrantedLine, GrantedUse, ReservationEvent } from '@holdfast/core/adapter'

type Granted = Extract<ReservationEvent, { type: 'granted' }>

/**
 * The payloads of a batch's grants, letter for letter as `JSON.stringify` would give them. Each order of a sale is
 * written as JSON once, which takes as long as to decide it: knowing the form saves half of that.
 */
export class GrantedPayloads {
  private lines: readonly GrantedLine[] | null = null
  private linesJson = ''

  of(event: Granted): string {
    const { home, stock, fingerprint, guards, strike, backorder, expiresAt, maxExpiresAt, data } = event
    // Like orders share their lines.
    if (event.lines !== this.lines) {
      this.lines = event.lines
      this.linesJson = JSON.stringify(event.lines)
    }
    return (
      `{"home":${quoted(home)},"stock":"${stock}","fingerprint":{"buyer":${quoted(fingerprint.buyer)},` +
      `"lines":${quoted(fingerprint.lines)}},"lines":${this.linesJson},"uses":[${usesJson(event.uses)}],` +
      `"guards":[${stringsJson(guards)}],"strike":${strike === null ? 'null' : JSON.stringify(strike)},` +
      `"backorder":${backorder},"expiresAt":${expiresAt},"maxExpiresAt":${maxExpiresAt},` +
      `"data":${data === null ? 'null' : quoted(data)}}`
    )
  }
}

function usesJson(uses: readonly GrantedUse[]): string {
  let json = ''
  for (const { counter, prior, quantity, max, lines } of uses) {
    const head = json === '' ? '{"counter":' : ',{"counter":'
    const tail = `"quantity":${quantity},"max":${max},"lines":[${lines.join(',')}]}`
    json += `${head + quoted(counter)},"prior":[${stringsJson(prior)}],${tail}`
  }
  return json
}

function stringsJson(strings: readonly string[]): string {
  let json = ''
  for (const one of strings) json += json === '' ? quoted(one) : `,${quoted(one)}`
  return json
}

/** Characters that JSON escapes; halves of surrogate pairs do not occur in well-formed text. */
const ESCAPED = /["\\\p{Cc}]/u

function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`
}
