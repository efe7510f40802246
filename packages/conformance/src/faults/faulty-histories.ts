import type { Command, ReservationStore } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import type { Case, Kit } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { checkProperty } from '../kit/property.js'
import { atTime } from '../model/at-time.js'
import { type HistoryStep, historyArbitrary } from '../model/history.js'
import { Scenario } from '../scenario/scenario.js'
import { FaultyClient } from './faulty-client.js'

type Fault = 'none' | 'reply lost' | 'duplicated' | 'delayed' | 'restart'

type FaultyStep = HistoryStep & { readonly fault: Fault }

function faultyHistory({
  capabilities,
  figures,
}: Kit<ReservationStore>): fc.Arbitrary<readonly FaultyStep[]> {
  const mayRestart = capabilities.restart && capabilities.durable
  const faults: readonly Fault[] = [
    'none',
    'reply lost',
    'duplicated',
    'delayed',
    ...(mayRestart ? ['restart' as const] : []),
  ]
  return historyArbitrary(capabilities, figures.steps).chain((steps) =>
    fc
      .array(fc.constantFrom(...faults), { minLength: steps.length, maxLength: steps.length })
      .map((drawn) => steps.map((step, index) => ({ ...step, fault: drawn[index] ?? 'none' }))),
  )
}

/** Plays a history in which any call may meet a fault; what was delayed arrives some steps later, oldest first. */
function playFaulty(kit: Kit<ReservationStore>, steps: readonly FaultyStep[]): Promise<void> {
  return Scenario.play(kit, async (scenario) => {
    const client = new FaultyClient(scenario)
    const underway: (() => Promise<void>)[] = []
    for (const [index, { pass, commands, fault }] of steps.entries()) {
      scenario.clock.pass(pass)
      const sent = commands.map((command) => atTime(command, scenario.clock.now()))
      if (fault === 'delayed') underway.push(client.delayed(sent))
      else await deliver(scenario, client, sent, fault)
      if (index % 3 === 2) await underway.shift()?.()
      await scenario.assertStands()
    }
    for (const arrive of underway) await arrive()
  })
}

async function deliver(
  scenario: Scenario,
  client: FaultyClient,
  commands: readonly Command[],
  fault: Exclude<Fault, 'delayed'>,
): Promise<void> {
  switch (fault) {
    case 'none':
      await scenario.apply(...commands)
      return
    case 'reply lost':
      await client.replyLost(commands)
      await scenario.apply(...commands)
      return
    case 'duplicated': {
      const { answers, expected } = await client.duplicated(commands)
      const text = (one: readonly (readonly unknown[])[]) =>
        one.map((answer) => JSON.stringify(answer)).sort()
      assertSame(text(answers), text(expected), 'the answers to both deliveries, in some order:')
      return
    }
    case 'restart':
      await scenario.apply(...commands)
      await scenario.restart()
  }
}

/** Generated histories in which calls are lost, duplicated, delayed, and the process is restarted. */
export const FAULTY_HISTORIES: readonly Case<ReservationStore>[] = [
  {
    name: 'generated histories with faults end as in the reference',
    needs: [],
    run: (kit) =>
      checkProperty(
        kit,
        { name: 'faults', runs: kit.figures.faultyHistories, inputs: faultyHistory(kit) },
        (steps) => playFaulty(kit, steps),
      ),
  },
]
