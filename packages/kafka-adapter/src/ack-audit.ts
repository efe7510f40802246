import type { Acknowledgement } from './producer-client.js'

/**
 * Whether what a client reports as acknowledged can be true: a client that skipped a request says nothing of it, or says
 * what an earlier one was answered with. So the partition sent to must be named once, and what is sent to it later goes
 * further back in it.
 */
export class AckAudit {
  /** By partition, where its next record must lie at least. */
  private readonly ends = new Map<string, bigint>()

  /** @returns what is suspicious; `null`: all is well */
  check(
    topic: string,
    partition: number,
    count: number,
    acknowledged: readonly Acknowledgement[],
  ): string | null {
    const ours = acknowledged.filter((each) => each.topic === topic && each.partition === partition)
    const [first] = ours
    if (first === undefined)
      return `${topic}/${partition} was sent to, and is not among what was acknowledged`
    if (ours.length > 1) return `${topic}/${partition} was acknowledged ${ours.length} times for one send`
    if (first.baseOffset === null || first.baseOffset < 0n)
      return `${topic}/${partition} was acknowledged without an offset`
    const track = `${topic}/${partition}`
    const end = this.ends.get(track) ?? 0n
    // A topic made anew begins anew: what was seen last is what the next one is compared with.
    this.ends.set(track, first.baseOffset + BigInt(count))
    if (first.baseOffset < end)
      return `${track} was acknowledged at ${first.baseOffset}, after it was at ${end}`
    return null
  }
}
