import type { Ask } from '../shop/ask.js'
import { HOLD, MINUTE } from '../shop/shop-rules.js'
import { Lottery } from './chance.js'
import type { World } from './world.js'

type Deed =
  | 'place'
  | 'submit'
  | 'reuse'
  | 'preview'
  | 'pay'
  | 'refund'
  | 'cancel'
  | 'cancel before'
  | 'extend'
  | 'shrink'
  | 'return'
  | 'roll back'
  | 'resume'
  | 'look'
  | 'restock'
  | 'adjust'
  | 'transfer'
  | 'configure'
  | 'campaign'
  | 'judge'
  | 'look at stock'
  | 'again'
  | 'rush'
  | 'work'
  | 'clock'
  | 'restart'
  | 'time'

const DEEDS = new Lottery<Deed>({
  place: 220,
  submit: 50,
  reuse: 6,
  preview: 12,
  pay: 110,
  refund: 15,
  cancel: 35,
  'cancel before': 4,
  extend: 25,
  shrink: 25,
  return: 25,
  'roll back': 12,
  resume: 4,
  look: 35,
  restock: 30,
  adjust: 12,
  transfer: 12,
  configure: 25,
  campaign: 7,
  judge: 10,
  'look at stock': 15,
  again: 90,
  rush: 40,
  work: 35,
  clock: 4,
  restart: 3,
  time: 110,
})

/** What happens next: something is asked, or worked on, or breaks, or time passes. @throws LawBroken */
export async function goOn(world: World): Promise<void> {
  const { chance, weather } = world
  if (chance.perMille(weather.crashes)) world.crash(world.anyProcess())
  const deed = DEEDS.draw(chance)
  switch (deed) {
    case 'time':
      world.trace.step++
      await world.pass(spell(world))
      return
    case 'clock':
      world.anyProcess().setClock()
      world.tally.count('faults', 'clock set')
      break
    case 'restart':
      world.restart(world.anyProcess())
      break
    case 'work':
      for (let workers = chance.oneOf([1, 1, 2, 3]); workers > 0; workers--)
        void world.work(world.anyProcess())
      break
    case 'rush':
      rush(world)
      break
    default: {
      const ask = asked(world, deed)
      if (ask !== null) world.ask(ask)
    }
  }
  await world.settle()
  await world.pass(chance.between(0, weather.isAsynchronous ? 40 : 15))
}

/** Many at once, so that they share batches: several asks, some of them the same one twice. */
function rush(world: World): void {
  const { chance } = world
  const process = world.anyProcess()
  for (let count = chance.between(3, 9); count > 0; count--) {
    const deed = chance.oneOf(['place', 'place', 'place', 'pay', 'cancel', 'again'] as const)
    const ask = asked(world, deed)
    if (ask === null) continue
    world.ask(ask, process)
    if (chance.perMille(200)) world.ask(ask, chance.perMille(500) ? process : world.anyProcess())
  }
}

/** How much time passes at once, ms: often up to the very instant of a deadline, or just short of it. */
function spell({ chance, orders, time }: World): number {
  const deadlines = orders.recent.flatMap(({ payBy }) =>
    payBy !== null && payBy > time.now() ? [payBy] : [],
  )
  if (deadlines.length > 0 && chance.perMille(350)) {
    const left = chance.oneOf(deadlines) - time.now()
    return chance.perMille(400) ? left - 1 : left
  }
  return chance.oneOf([50, 500, 2_000, 11_000, MINUTE, 5 * MINUTE, HOLD])
}

function asked(
  world: World,
  deed: Exclude<Deed, 'time' | 'clock' | 'restart' | 'work' | 'rush'>,
): Ask | null {
  const { chance, orderAsks, stockAsks } = world
  if (deed === 'again') return world.asked.length === 0 ? null : chance.recent(world.asked)
  switch (deed) {
    case 'place':
    case 'submit':
    case 'preview':
      return orderAsks[deed]()
    case 'cancel before':
      return orderAsks.cancelBefore()
    case 'restock':
    case 'adjust':
    case 'transfer':
    case 'configure':
    case 'campaign':
      return stockAsks[deed]()
    case 'judge':
      return world.rules.hasRisk ? stockAsks.judge() : null
    default:
      return ofAnOrder(world, deed)
  }
}

type DeedOfOrder =
  | 'reuse'
  | 'pay'
  | 'refund'
  | 'cancel'
  | 'extend'
  | 'shrink'
  | 'return'
  | 'roll back'
  | 'resume'
  | 'look'
  | 'look at stock'

function ofAnOrder({ chance, orders, orderAsks, stockAsks, store }: World, deed: DeedOfOrder): Ask | null {
  const { recent } = orders
  if (recent.length === 0) return null
  const placed = recent.filter(({ isPlaced }) => isPlaced)
  const order = chance.recent(placed.length > 0 && chance.perMille(850) ? placed : recent)
  switch (deed) {
    case 'return': {
      const paid = recent.filter(({ isPaid }) => isPaid)
      return orderAsks.returnUnits(paid.length === 0 ? order : chance.oneOf(paid))
    }
    case 'reuse':
      // Where an id is known to its home alone, another buyer's order under it is another order.
      return store.store.capabilities.idScope === 'store' ? orderAsks.reuse(order) : null
    case 'roll back':
      return orderAsks.rollBack(order)
    case 'look at stock':
      return stockAsks.look(order)
    default:
      return orderAsks[deed](order)
  }
}
