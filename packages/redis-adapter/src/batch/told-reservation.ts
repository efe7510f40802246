import { isElsewhere, type KnownReservation, type RefundCause, unreachable } from '@holdfast/core/adapter'
import { accountText } from '../keys.js'
import { STATUSES } from '../records/reservation-record.js'
import { rootName, rootNames, Texts } from './shape.js'

/**
 * A reservation by its head, claims, texts and ending, as `lua/includes/reservation-record.lua` names them; read by
 * `lua/includes/told-reservation.lua`.
 */
export function toldReservation(state: KnownReservation): object {
  const texts = new Texts()
  const { version } = state
  const home = texts.positionOf(state.home)
  const claims =
    state.status === 'tombstoned' ? { ...NO_CLAIMS, reservedAt: state.endedAt } : claimsOf(state, texts)
  return {
    ...{ status: STATUSES.indexOf(state.status), version, home, ...claims },
    ...endingOf(state, texts),
    texts: texts.all,
  }
}

const NO_CLAIMS = { linesDigest: '', buyer: 0, lines: [], uses: [], guards: [] }

function claimsOf(state: Exclude<KnownReservation, { status: 'tombstoned' }>, texts: Texts): object {
  const { fingerprint, lines, uses, guards, strike, backorder, data, reservedAt } = state
  return {
    ...{ reservedAt, backorder, data: data ?? undefined },
    buyer: texts.positionOf(fingerprint.buyer),
    linesDigest: fingerprint.lines,
    lines: lines.map(({ account, quantity, owed, returned }) => [
      ...[accountText(account), quantity, owed, returned],
      ...(isElsewhere(account) ? [texts.positionOf(account.pool)] : []),
    ]),
    uses: uses.map(({ counter, max, quantity, lines: of, prior }) => [
      ...[...rootName(counter, texts), max, quantity, of],
      rootNames(prior, texts),
    ]),
    guards: rootNames(guards, texts),
    strike: strike === null ? undefined : [...rootName(strike.strikes, texts), strike.strikeMs],
  }
}

function endingOf(state: KnownReservation, texts: Texts): object {
  switch (state.status) {
    case 'held':
    case 'deferred':
      return { until_: state.expiresAt, longest: state.maxExpiresAt - state.reservedAt }
    case 'confirmed':
      return { ...endedAt(state), payment: state.payment, late: state.late }
    case 'expired':
      return endedAt(state)
    case 'released':
      return { ...endedAt(state), ...causeOf(state), payment: state.payment ?? undefined }
    case 'refund-required':
      return { ...endedAt(state), payment: state.payment, why: whyOf(state.why, texts) }
    case 'tombstoned':
      return { ...endedAt(state), ...causeOf(state) }
    default:
      return unreachable(state)
  }
}

function endedAt({ endedAt: until_ }: { readonly endedAt: number }): object {
  return { until_, longest: 0 }
}

function causeOf({ cause, reason }: { readonly cause: string; readonly reason: string | null }): object {
  return { cause, reason: reason ?? undefined }
}

function whyOf(why: RefundCause, texts: Texts): object {
  switch (why.kind) {
    case 'purchase-limit': {
      const { use, counter, max, used, requested } = why
      const [root, subject] = rootName(counter, texts)
      return { use, root, subject, max, used, requested }
    }
    case 'insufficient-stock':
      return {
        short: why.short.map(({ account, requested, available }) => [
          ...[accountText(account), requested, available],
        ]),
      }
    // An order that is refused for another reason keeps what it was.
    default:
      return {}
  }
}
