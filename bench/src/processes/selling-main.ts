import { OrderDesk } from '@holdfast/core'
import { answerOf, POLICY, requestOf } from '../desk/shop-desk.js'
import { mustEqual } from '../law-broken.js'
import { OrderMix } from '../load/order-mix.js'
import { type OpenPlace, openPlace } from '../stored/place.js'
import type { Answer, Question } from './selling.js'

/** Far more buyers than one process meets. */
const BUYERS = 500_000_000

/** One of several processes that sell from one database. */
class Seller {
  private readonly mix: OrderMix
  private readonly desk: OrderDesk
  private selling: Promise<unknown> | null = null
  private isSelling = false
  private granted = 0
  private rushes = 0

  constructor(
    private readonly place: OpenPlace,
    private readonly options: Question & { readonly kind: 'open' },
  ) {
    this.desk = new OrderDesk({ store: place.store, policy: POLICY })
    this.mix = new OrderMix({ skus: 1, linesPerOrder: 1, firstBuyer: (options.process + 1) * BUYERS })
  }

  async answer(question: Question): Promise<number> {
    switch (question.kind) {
      case 'sell':
        this.sell()
        return this.taken()
      case 'stop':
        this.isSelling = false
        await this.selling
        return this.taken()
      case 'rush':
        return this.rush(question)
      case 'close':
        await this.close()
        return 0
      case 'open':
        throw new Error('it is open already')
    }
  }

  private sell(): void {
    if (this.isSelling) return
    this.isSelling = true
    this.selling = Promise.all(Array.from({ length: this.options.callers }, () => this.caller()))
    // Told to whoever asks next.
    this.selling.catch(() => {})
  }

  private async caller(): Promise<void> {
    while (this.isSelling) {
      const order = this.mix.next()
      const placed = await this.desk.place(requestOf(order, order.id))
      const answer = answerOf(placed)
      this.mix.answered(order, placed.id, answer)
      if (answer === 'granted') this.granted += 1
    }
  }

  private taken(): number {
    const { granted } = this
    this.granted = 0
    return granted
  }

  private async rush({ sku, buyers }: Question & { readonly kind: 'rush' }): Promise<number> {
    this.rushes += 1
    const lines = [{ sku, quantity: 1 }]
    const answers = await Promise.all(
      Array.from({ length: buyers }, async (_, buyer) => {
        const name = `rush-${this.rushes}-of-${this.options.process}-${buyer}`
        return answerOf(await this.desk.place(requestOf({ buyer: name, lines }, null)))
      }),
    )
    const granted = answers.filter((answer) => answer === 'granted').length
    mustEqual('refused for stock', answers.filter((answer) => answer === 'sold-out').length, buyers - granted)
    return granted
  }

  private async close(): Promise<void> {
    const { overloaded, notSent, unknown } = this.desk.drops
    mustEqual('calls given up', overloaded + notSent + unknown, 0)
    await this.desk.close()
    await this.place.close()
  }
}

let seller: Promise<Seller> | null = null

async function answer(question: Question): Promise<number> {
  if (question.kind !== 'open') return (await seller)?.answer(question) ?? 0
  seller = openPlace(question.place).then((place) => new Seller(place, question))
  await seller
  return 0
}

process.on('message', (question: Question) => {
  const reply = (answer: Answer) => process.send?.(answer)
  answer(question).then(
    (granted) => reply({ granted }),
    (error: unknown) => reply({ failure: error instanceof Error ? (error.stack ?? '') : String(error) }),
  )
})
