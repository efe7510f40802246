const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })

/** `5,009` */
export function whole(figure: number): string {
  return numbers.format(figure)
}

/** `64.1 %` */
export function share(part: number, total: number): string {
  return total === 0 ? '' : `${((100 * part) / total).toFixed(1)} %`
}

/** `5.2 s` */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

/** `3 January 2014`, in UTC. */
export function day(at: number): string {
  return days.format(at)
}
