import { type Claims, isElsewhere, type LimitUse, type Reserve } from '@holdfast/core/adapter'
import { accountText, rootText, subjectBegins } from '../keys.js'

/** The texts of one command: home, buyer and subjects, each once, known by their positions. */
export class Texts {
  readonly all: string[] = []

  positionOf(text: string): number {
    const known = this.all.indexOf(text)
    return known >= 0 ? known : this.all.push(text) - 1
  }
}

type RootName = readonly [root: string, subject: number]

/** What alike commands have in common, as `lua/includes/shapes.lua` reads it. */
export interface Shape {
  readonly l: readonly (readonly [account: string, quantity: number, place?: number])[]
  readonly f: string
  readonly u: readonly (readonly [
    root: string,
    subject: number,
    max: number,
    lines: readonly number[],
    prior: readonly RootName[],
    from: number,
    to: number | false,
  ])[]
  readonly g: readonly (readonly [root: string, subject: number, prior: readonly RootName[]])[]
  readonly k?: object | undefined
  readonly b: boolean
  readonly d: boolean
  readonly h: number
  readonly m: number
  readonly e: boolean
  readonly r: boolean
  readonly n: number
  readonly o: number
  readonly y: number
}

export function shapeOfReserve(command: Reserve, texts: Texts): Shape {
  const { claims, guards, risk, holdMs, maxHoldMs, stock, refuse, evenIfClosed } = command
  const claimed = ofClaims(claims, command.home, texts)
  const g = guards.map(({ name, prior }) => [...rootName(name, texts), rootNames(prior, texts)] as const)
  const k = risk === null ? undefined : gateOf(risk, texts)
  const d = stock === 'defer'
  const e = evenIfClosed === true
  return { ...claimed, g, k, d, h: holdMs, m: maxHoldMs, e, r: refuse !== null, n: texts.all.length }
}

/** Claims that a late payment brings: nothing of them is held. */
export function shapeOfRetake(claims: Claims, home: string, texts: Texts): Shape {
  const claimed = ofClaims(claims, home, texts)
  return { ...claimed, g: [], d: false, h: 0, m: 0, e: false, r: false, n: texts.all.length }
}

function ofClaims({ units, uses, fingerprint, backorder }: Claims, home: string, texts: Texts) {
  const o = texts.positionOf(home)
  const y = texts.positionOf(fingerprint.buyer)
  const l = units.map(({ account, quantity }) =>
    isElsewhere(account)
      ? ([accountText(account), quantity, texts.positionOf(account.pool)] as const)
      : ([accountText(account), quantity] as const),
  )
  return { o, y, l, f: fingerprint.lines, u: uses.map((use) => useOf(use, texts)), b: backorder }
}

function useOf({ counter, prior, max, lines, from, to }: LimitUse, texts: Texts): Shape['u'][number] {
  const [root, subject] = rootName(counter, texts)
  // JSON knows no infinity.
  const begins = Math.max(from, Number.MIN_SAFE_INTEGER)
  return [root, subject, max, lines, rootNames(prior, texts), begins, to ?? false]
}

function gateOf(risk: NonNullable<Reserve['risk']>, texts: Texts): object {
  const [r, s] = rootName(risk.strikes, texts)
  const { strikeMs: ms, deferAt, refuseAt } = risk
  return { r, s, p: rootNames(risk.prior, texts), ms, d: deferAt ?? undefined, x: refuseAt ?? undefined }
}

export function rootNames(names: readonly string[], texts: Texts): readonly RootName[] {
  return names.map((name) => rootName(name, texts))
}

export function rootName(name: string, texts: Texts): RootName {
  const [root, subject] = splitName(name)
  return [root, texts.positionOf(subject)]
}

/** The text of a name's root, and its subject. */
export function splitName(name: string): readonly [root: string, subject: string] {
  const begins = subjectBegins(name)
  return [rootText(name.slice(0, begins)), name.slice(begins)]
}
