import { DeskWorker, OrderDesk } from '@holdfast/core'
import type { ShopRules } from '../shop/shop-rules.js'
import { Link, type Surroundings } from './link.js'
import type { EventLoop } from './simulated-time.js'

/** One process of the shop: its desk and its worker, which know the store alone and end with it. */
export class Process {
  readonly desk: OrderDesk
  readonly worker: DeskWorker
  isClosing = false
  private readonly link: Link
  private readonly loop: EventLoop
  private clockError = 0

  constructor(
    readonly name: string,
    private readonly around: Surroundings,
    rules: ShopRules,
    wrapDesk: (desk: OrderDesk) => OrderDesk = (desk) => desk,
  ) {
    const { chance, time } = around
    this.loop = time.loop()
    this.setClock()
    this.link = new Link(around)
    let minted = 0
    const desk = new OrderDesk({
      store: this.link.store,
      policy: rules.policy,
      hashKeys: rules.hashKeys,
      scheduler: this.loop,
      clock: () => time.now() + this.clockError,
      batchLimit: chance.oneOf([4, 20, 500]),
      inFlight: chance.oneOf([1, 2, 4]),
      queueLimit: Math.max(chance.oneOf([6, 10_000]), this.least()),
      newId: () => `${name}-${minted++}`,
    })
    this.desk = wrapDesk(desk)
    this.worker = new DeskWorker(desk, {
      batchLimit: chance.oneOf([1, 3, 500]),
      attempts: 3,
      notify: () => {
        if (around.weather.isCalm || !chance.perMille(200)) return
        throw new Error('nobody could be told')
      },
    })
  }

  /** Where nearly every order is in pieces, as with buckets, none of many tickets at once comes through so small a queue. */
  private least(): number {
    return this.link.store.spread?.length ? 100 : 0
  }

  /** The application's clock is wrong by up to ten minutes: it is asked only for how much time passed. */
  setClock(): void {
    this.clockError = this.around.chance.between(-600_000, 600_000)
  }

  /** Everything that it holds in memory is lost, and nothing is told to those who wait for it. */
  crash(): void {
    this.link.cut()
    this.around.time.end(this.loop)
  }
}
