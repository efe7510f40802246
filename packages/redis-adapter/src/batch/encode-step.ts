import { type GrantedLine, type Pieced, type PiecedStep, unreachable } from '@holdfast/core/adapter'
import { accountText } from '../keys.js'
import { encodeCommand } from './encode-command.js'
import { rootName, rootNames, Texts } from './shape.js'

type StepOf<Kind extends PiecedStep['kind']> = Extract<PiecedStep, { kind: Kind }>

/** A step of an order at its home, as `lua/includes/home.lua` takes it. */
export function encodeStep({ home, step }: Pieced): object {
  return { kind: 'pieced', home, step: stepOf(step, home) }
}

function stepOf(step: PiecedStep, home: string): object {
  switch (step.kind) {
    case 'begin': {
      const { kind, attempt, fingerprint, refuse, notAfter } = step
      const print = { y: 0, f: fingerprint.lines, texts: [fingerprint.buyer] }
      return { kind, attempt, notAfter, refused: refuse !== null, print }
    }
    case 'admit':
      return admitOf(step, home)
    case 'abort': {
      const { kind, token, refusal } = step
      return { kind, token, refusal: refusal === null ? undefined : JSON.stringify(refusal) }
    }
    case 'settle':
      return { kind: 'settle', command: settledBy(step) }
    case 'take':
      return { kind: 'take', attempt: step.attempt }
    case 'paid': {
      const { token, version, command, lines } = step
      return { kind: 'pay', token, version, payment: command.payment, lines: lines.map(lineOf) }
    }
    case 'unpaid': {
      const { token, version, command, why } = step
      return { kind: 'pay', token, version, payment: command.payment, why: whyOf(why) }
    }
    case 'filled': {
      const { kind, piece, account, owedLeft } = step
      return { kind, piece, account: accountText(account), owedLeft }
    }
    case 'look':
    case 'told':
    case 'followed':
      return step
    default:
      return unreachable(step)
  }
}

function settledBy({ command }: StepOf<'settle'>): object {
  const encoded = encodeCommand(command)
  if (command.kind !== 'return') return encoded
  const { movement, units, restock, giveBackUses } = command
  // Kept as it was told, for the pieces to carry out.
  return { ...encoded, told: JSON.stringify({ movement, units, restock, giveBackUses }) }
}

function admitOf({ token, grant }: StepOf<'admit'>, home: string): object {
  const { stock, fingerprint, lines, uses, guards, risk, backorder, holdMs, maxHoldMs, data } = grant
  const texts = new Texts()
  const o = texts.positionOf(home)
  const y = texts.positionOf(fingerprint.buyer)
  const u = uses.map(({ counter, prior, max, lines: by, quantity }) => {
    const [root, subject] = rootName(counter, texts)
    return [root, subject, max, by, rootNames(prior, texts), quantity] as const
  })
  const g = guards.map((name) => [...rootName(name, texts), []])
  const k = risk === null ? undefined : { ...strikeOf(risk.strikes, texts), ms: risk.strikeMs }
  const claims = { l: lines.map(lineOf), u, g, k, f: fingerprint.lines, b: backorder, o, y }
  const shape = { ...claims, h: holdMs, m: maxHoldMs, n: texts.all.length, texts: texts.all }
  return {
    kind: 'admit',
    token,
    deferred: stock === 'deferred',
    shape,
    data: data === null ? '' : `=${data}`,
  }
}

function strikeOf(strikes: string, texts: Texts): object {
  const [r, s] = rootName(strikes, texts)
  return { r, s }
}

type ToldLine = readonly [account: string, quantity: number, owed: number, returned: number]

function lineOf({ account, quantity, owed, returned }: GrantedLine): ToldLine {
  return [accountText(account), quantity, owed, returned]
}

function whyOf(why: StepOf<'unpaid'>['why']): object {
  if (why.kind === 'purchase-limit') {
    const { use, max, used, requested } = why
    return { use, max, used, requested }
  }
  return { short: why.short.map((one) => [accountText(one.account), one.requested, one.available]) }
}
