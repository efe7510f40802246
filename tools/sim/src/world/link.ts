import { HoldfastError } from '@holdfast/core'
import type { AuditedStore, ShopStore, StoreMethod } from './audited-store.js'
import type { Chance } from './chance.js'
import type { SimulatedTime } from './simulated-time.js'
import type { Tally } from './tally.js'
import type { Trace } from './trace.js'
import type { Fate, Weather } from './weather.js'

export interface Surroundings {
  readonly store: AuditedStore
  readonly time: SimulatedTime
  readonly chance: Chance
  readonly weather: Weather
  readonly tally: Tally
  readonly trace: Trace
}

const METHODS: readonly StoreMethod[] = [
  'partitions',
  'apply',
  'read',
  'applyToOrders',
  'readOrders',
  'listOrders',
  'takeQueued',
  'applyToCampaign',
  'readCampaign',
  'listCampaigns',
  'applyToCompensation',
  'readCompensation',
  'takeCompensations',
  'listCompensations',
]

/** The way between one process and the store. What is lost, late or doubled, is so here. */
export class Link {
  /** The store as the process sees it. */
  readonly store: ShopStore
  private isCut = false

  constructor(private readonly around: Surroundings) {
    const { store } = around.store
    const calls = METHODS.map((method) => [method, (...args: unknown[]) => this.call(method, args)])
    this.store = {
      ...Object.fromEntries(calls),
      capabilities: store.capabilities,
      ...(store.spread && { spread: store.spread }),
      partitionsOf: (command: Parameters<ShopStore['partitionsOf']>[0]) => store.partitionsOf(command),
      close: async () => {},
    }
  }

  /** The process is gone: no reply reaches it any more, and what it sent may be lost as well. */
  cut(): void {
    this.isCut = true
  }

  private call(method: StoreMethod, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.isCut) return
      const fate = this.around.weather.fate(method)
      if (fate !== 'none') {
        this.around.tally.count('faults', fate)
        this.around.trace.note('fault', { fate, method })
      }
      const answer = (settle: () => void) => this.travels(() => this.isCut || settle())
      const fail = (error: Error) => answer(() => reject(error))
      this.suffer(fate, method, args, {
        done: (reply) => answer(() => resolve(reply)),
        failed: fail,
      })
    })
  }

  private suffer(
    fate: Fate,
    method: StoreMethod,
    args: readonly unknown[],
    caller: { done(reply: unknown): void; failed(error: Error): void },
  ): void {
    const { weather, time } = this.around
    const nobody = () => {}
    const later =
      <Said extends unknown[]>(fn: (...said: Said) => void) =>
      (...said: Said) =>
        void time.after(weather.delay(), () => fn(...said))
    switch (fate) {
      case 'none':
        this.reaches(method, args, caller.done, caller.failed)
        break
      case 'refused':
        caller.failed(new HoldfastError('store-failed', 'turned away: nothing was written'))
        break
      case 'blamed': {
        const commandIndex = this.around.chance.between(0, (args[2] as readonly unknown[]).length - 1)
        caller.failed(new HoldfastError('invariant-violated', 'blamed on one', { commandIndex }))
        break
      }
      case 'fenced':
        caller.done({ kind: 'fenced', epoch: 7 })
        break
      case 'request lost':
        caller.failed(new Error('connection lost'))
        break
      case 'reply lost':
        this.reaches(method, args, () => caller.failed(new Error('connection lost')), caller.failed)
        break
      case 'hung':
        this.reaches(method, args, later(caller.done), later(caller.failed))
        break
      case 'delayed':
        later(() => this.reaches(method, args, caller.done, caller.failed))()
        break
      case 'duplicated':
        later(() => this.reaches(method, args, nobody, nobody))()
        this.reaches(method, args, caller.done, caller.failed)
    }
  }

  private reaches(
    method: StoreMethod,
    args: readonly unknown[],
    done: (reply: unknown) => void,
    failed: (error: Error) => void,
  ): void {
    this.travels(() => {
      // What a process sent just before it died may have left it, or not.
      if (this.isCut && this.around.chance.perMille(300)) return
      this.around.store.perform(method, args).then(done, failed)
    })
  }

  private travels(fn: () => void): void {
    const ms = this.around.weather.travel()
    if (ms === null) fn()
    else this.around.time.after(ms, fn)
  }
}
