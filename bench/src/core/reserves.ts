import { createHash } from 'node:crypto'
import type { AccountKey, Reserve } from '@holdfast/core/adapter'
import { v7 as timeOrderedId } from 'uuid'

const HOLD_MS = 15 * 60 * 1000

/** Ready-made reserves of one unit with a limit by user and an unpaid guard, each by a buyer of its own. */
export function distinctReserves(count: number, account: AccountKey, notAfter: number): readonly Reserve[] {
  return Array.from({ length: count }, (_, index) => {
    const buyer = digest(`buyer-${index}`)
    return {
      kind: 'reserve',
      id: timeOrderedId(),
      home: account.sku,
      claims: {
        fingerprint: { buyer, lines: digest(account.sku) },
        units: [{ account, quantity: 1 }],
        uses: [
          { counter: `two-each/${buyer}/${account.sku}`, prior: [], max: 2, lines: [0], from: 0, to: null },
        ],
        backorder: false,
      },
      refuse: null,
      guards: [{ name: `unpaid/${buyer}/${account.sku}`, prior: [] }],
      risk: null,
      stock: 'take',
      notAfter,
      holdMs: HOLD_MS,
      maxHoldMs: HOLD_MS,
      data: null,
      rows: null,
    }
  })
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
