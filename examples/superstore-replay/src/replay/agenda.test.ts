import { describe, expect, test } from 'vitest'
import type { Fate, PlannedOrder } from '../plan/plan.js'
import { Agenda } from './agenda.js'

const DAY = 86_400_000

function order(position: number, fate: Fate, placedAt: number): PlannedOrder {
  return { position, id: `${position}`, buyer: 'C', region: 'West', lines: [], placedAt, fate }
}

function taken(agenda: Agenda, now: number): string[] {
  const steps: string[] = []
  for (let step = agenda.takeDue(now); step !== null; step = agenda.takeDue(now)) {
    steps.push(`${step.order.position} ${step.order.fate} ${step.at}`)
  }
  return steps
}

describe('what is due', () => {
  test('is paid after two minutes, cancelled after five days, expired after thirty', () => {
    const agenda = new Agenda()
    for (const [index, fate] of (['paid', 'cancelled', 'expired'] as const).entries()) {
      agenda.add(order(index + 1, fate, 0))
    }
    expect(taken(agenda, Number.POSITIVE_INFINITY)).toEqual([
      '1 paid 120000',
      `2 cancelled ${5 * DAY}`,
      `3 expired ${30 * DAY}`,
    ])
  })

  test('includes what is due at this very instant, and nothing later', () => {
    const agenda = new Agenda()
    agenda.add(order(1, 'cancelled', 0))
    expect(taken(agenda, 5 * DAY - 1)).toEqual([])
    expect(taken(agenda, 5 * DAY)).toEqual([`1 cancelled ${5 * DAY}`])
    expect(taken(agenda, 5 * DAY)).toEqual([])
  })

  test('goes by time over all fates, at one instant by position', () => {
    const agenda = new Agenda()
    agenda.add(order(10, 'expired', 0))
    agenda.add(order(13, 'cancelled', 24 * DAY))
    agenda.add(order(14, 'cancelled', 25 * DAY))
    agenda.add(order(15, 'paid', 30 * DAY - 120_000))
    expect(taken(agenda, 30 * DAY)).toEqual([
      `13 cancelled ${29 * DAY}`,
      `10 expired ${30 * DAY}`,
      `14 cancelled ${30 * DAY}`,
      `15 paid ${30 * DAY}`,
    ])
  })
})
