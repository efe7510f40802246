import type { GrantedLine, GrantedUse, ReservationEvent } from '@holdfast/core/adapter'
import { quoted } from './quoted.js'

type Granted = Extract<ReservationEvent, { type: 'granted' }>

/**
 * The payloads of a batch's grants, letter for letter as `JSON.stringify` would give them. Each order of a sale is
 * written as JSON once, which would take longer than to decide it: what like orders share is written once for all of
 * them, and few pieces are joined.
 */
export class GrantedPayloads {
  private like: Granted | null = null
  /** From the home to the buyer, from there to the uses, and from the guards to the data, as in `like`. */
  private beforeBuyer = ''
  private beforeUses = ''
  private beforeData = ''
  private likeUse: GrantedUse | null = null
  private afterCounter = ''

  of(event: Granted): string {
    if (this.like === null || !areAlike(this.like, event)) this.remember(event)
    const { home, fingerprint, uses, guards, data } = event
    const quotedHome = quoted(home)
    // What routes an order is nearly always its buyer.
    const buyer = fingerprint.buyer === home ? quotedHome : quoted(fingerprint.buyer)
    const head = `{"home":${quotedHome}${this.beforeBuyer}${buyer}${this.beforeUses}`
    // JSON itself more often than not: to look first whether it holds quotes would be for nothing.
    const end = `${JSON.stringify(data)}}`
    return `${head}${this.usesJson(uses)}],"guards":[${stringsJson(guards)}${this.beforeData}${end}`
  }

  private remember(event: Granted): void {
    const { stock, fingerprint, lines, strike, backorder, expiresAt, maxExpiresAt } = event
    this.like = event
    this.beforeBuyer = `,"stock":"${stock}","fingerprint":{"buyer":`
    this.beforeUses = `,"lines":${quoted(fingerprint.lines)}},"lines":[${linesJson(lines)}],"uses":[`
    this.beforeData =
      `],"strike":${JSON.stringify(strike)},"backorder":${backorder},"expiresAt":${expiresAt},` +
      `"maxExpiresAt":${maxExpiresAt},"data":`
  }

  private usesJson(uses: readonly GrantedUse[]): string {
    let json = ''
    for (const use of uses) {
      if (this.likeUse === null || !areUsesAlike(this.likeUse, use)) this.rememberUse(use)
      json += `${json === '' ? '{"counter":' : ',{"counter":'}${quoted(use.counter)}${this.afterCounter}`
    }
    return json
  }

  private rememberUse(use: GrantedUse): void {
    const { prior, quantity, max, lines } = use
    this.likeUse = use
    this.afterCounter = `,"prior":[${stringsJson(prior)}],"quantity":${quantity},"max":${max},"lines":[${lines.join(',')}]}`
  }
}

/** Whether two grants differ in nothing but who was granted what data: orders of one sale share their lines. */
function areAlike(one: Granted, other: Granted): boolean {
  return (
    one.lines === other.lines &&
    one.expiresAt === other.expiresAt &&
    one.maxExpiresAt === other.maxExpiresAt &&
    one.stock === other.stock &&
    one.backorder === other.backorder &&
    one.strike === null &&
    other.strike === null &&
    one.fingerprint.lines === other.fingerprint.lines
  )
}

function areUsesAlike(one: GrantedUse, other: GrantedUse): boolean {
  return (
    one.lines === other.lines &&
    one.quantity === other.quantity &&
    one.max === other.max &&
    one.prior.length === 0 &&
    other.prior.length === 0
  )
}

function linesJson(lines: readonly GrantedLine[]): string {
  let json = ''
  for (const { account, quantity, owed, returned } of lines) {
    json +=
      `${json === '' ? '' : ','}{"account":{"sku":${quoted(account.sku)},"pool":${quoted(account.pool)}},` +
      `"quantity":${quantity},"owed":${owed},"returned":${returned}}`
  }
  return json
}

function stringsJson(strings: readonly string[]): string {
  let json = ''
  for (const one of strings) json += json === '' ? quoted(one) : `,${quoted(one)}`
  return json
}
