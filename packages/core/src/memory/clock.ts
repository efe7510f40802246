/** A store's own clock: ms since the epoch. Tests hand in one that they move. */
export interface StoreClock {
  now(): number
}

/** The machine's clock, kept from running backwards. */
export function machineClock(): StoreClock {
  let last = 0
  return {
    now() {
      last = Math.max(last, Date.now())
      return last
    },
  }
}
