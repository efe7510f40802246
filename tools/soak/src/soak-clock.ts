/** Virtual: ten minutes pass with every round, so that ids lapse while one looks on. */
export class SoakClock {
  readonly kind = 'virtual'
  private time = Date.UTC(2026, 0, 1)

  readonly now = (): number => this.time

  pass(ms: number): void {
    this.time += ms
  }
}
