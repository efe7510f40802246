import type { Command, ReservationStore } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import type { Case } from '../kit/case.js'
import type { DeclaredCapabilities } from '../kit/options.js'
import { checkProperty } from '../kit/property.js'
import { START } from '../kit/virtual-clock.js'
import { atTime } from '../model/at-time.js'
import { commandArbitrary } from '../model/command-arbitrary.js'
import { openingSupply } from '../model/history.js'
import { HOLD_MS } from '../scenario/commands.js'
import { type Race, runRace } from './race.js'

function raceArbitrary(
  declared: DeclaredCapabilities,
): fc.Arbitrary<{ readonly race: Race; readonly seed: number }> {
  const commands = commandArbitrary(declared, ['a', 'b', 'c', 'd'])
  const callers = fc.array(fc.array(commands, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 5 })
  return fc.record({
    seed: fc.nat(),
    race: fc
      .record({ opening: fc.array(commands, { maxLength: 6 }), pass: fc.constantFrom(0, HOLD_MS), callers })
      .map(({ opening, pass, callers: race }) => {
        const at = (now: number) => (command: Command) => atTime(command, now)
        return {
          given: [openingSupply(declared), opening.map(at(START))],
          pass,
          callers: race.map((said) => said.map(at(START + pass))),
        }
      }),
  })
}

/** Generated commands of several callers at once. */
export const GENERATED_RACES: readonly Case<ReservationStore>[] = [
  {
    name: 'generated races are linearizable',
    needs: [],
    run: (kit) =>
      checkProperty(
        kit,
        { name: 'races', runs: kit.figures.races, inputs: raceArbitrary(kit.capabilities) },
        ({ race, seed }) => runRace(kit, race, seed),
      ),
  },
]
