import type { CampaignCommand, CampaignItem, CampaignState, CampaignStore } from '@holdfast/core/adapter'
import * as fc from 'fast-check'
import type { Case } from '../kit/case.js'
import { assertSame } from '../kit/comparison.js'
import { checkProperty } from '../kit/property.js'
import { START } from '../kit/virtual-clock.js'
import { DAY, HOUR, MINUTE } from '../scenario/commands.js'
import { CampaignScenario, campaignScene, type ExpectedOfCampaign } from './campaign-scenario.js'

const SHIRTS: CampaignItem = { sku: 'shirt', pool: 'sale', backorderLimit: 5 }
const MUGS: CampaignItem = { sku: 'mug', pool: 'sale', backorderLimit: 0 }

function schedule(
  id: string,
  details: Partial<Omit<Extract<CampaignCommand, { kind: 'schedule' }>, 'kind' | 'id'>> = {},
): CampaignCommand {
  const { opensAt = START + HOUR, closesAt = START + DAY, items = [SHIRTS] } = details
  return { kind: 'schedule', id, opensAt, closesAt, items }
}

function changeItems(id: string, ...items: readonly CampaignItem[]): CampaignCommand {
  return { kind: 'change-items', id, items }
}

type Simple = 'open' | 'close' | 'withdraw'

function say(kind: Simple, id: string): CampaignCommand {
  return { kind, id }
}

type StatusName = 'unknown' | CampaignState['status']

const REACHED: Readonly<Record<StatusName, readonly CampaignCommand[]>> = {
  unknown: [],
  scheduled: [schedule('sale')],
  open: [schedule('sale'), say('open', 'sale')],
  closed: [schedule('sale'), say('open', 'sale'), say('close', 'sale')],
  withdrawn: [schedule('sale'), say('withdraw', 'sale')],
}

const COMMANDS = {
  'schedule others': schedule('sale', { items: [MUGS] }),
  'schedule for another time': schedule('sale', { opensAt: START + 2 * HOUR }),
  'change items': changeItems('sale', SHIRTS, MUGS),
  'change to the same items': changeItems('sale', SHIRTS),
  open: say('open', 'sale'),
  close: say('close', 'sale'),
  withdraw: say('withdraw', 'sale'),
} as const satisfies Record<string, CampaignCommand>

type CommandName = keyof typeof COMMANDS
type Answers = Readonly<Record<CommandName, ExpectedOfCampaign>>

function already(status: CampaignState['status']) {
  return { kind: 'already', status } as const
}

const SCHEDULED: Answers = {
  'schedule others': 'id-reused',
  'schedule for another time': 'id-reused',
  'change items': 'items-changed',
  'change to the same items': 'items-changed',
  open: 'opened',
  close: 'closed',
  withdraw: 'withdrawn',
}

const ANSWERS: Readonly<Record<StatusName, Answers>> = {
  unknown: {
    'schedule others': 'scheduled',
    'schedule for another time': 'scheduled',
    'change items': 'unknown-id',
    'change to the same items': 'unknown-id',
    open: 'unknown-id',
    close: 'unknown-id',
    withdraw: 'unknown-id',
  },
  scheduled: SCHEDULED,
  open: { ...SCHEDULED, open: already('open') },
  closed: {
    ...SCHEDULED,
    'change items': already('closed'),
    'change to the same items': already('closed'),
    open: already('closed'),
    close: already('closed'),
  },
  withdrawn: {
    ...SCHEDULED,
    'change items': already('withdrawn'),
    'change to the same items': already('withdrawn'),
    open: already('withdrawn'),
    close: already('withdrawn'),
    withdraw: already('withdrawn'),
  },
}

/** Every command on a campaign in every status. */
export const EVERY_CAMPAIGN_COMMAND: readonly Case<CampaignStore>[] = (
  Object.keys(REACHED) as StatusName[]
).flatMap((status) =>
  (Object.keys(COMMANDS) as CommandName[]).map((name) =>
    campaignScene(`${status}: ${name}`, async (scenario) => {
      for (const command of REACHED[status]) await scenario.apply(command)
      await scenario.expect(COMMANDS[name], ANSWERS[status][name])
    }),
  ),
)

/** Repetition, instants, items and lists. */
export const CAMPAIGN_CASES: readonly Case<CampaignStore>[] = [
  campaignScene('the same schedule again is known, whatever has happened since', async (scenario) => {
    await scenario.expect(schedule('sale'), 'scheduled')
    await scenario.expect(schedule('sale'), already('scheduled'))
    await scenario.expect(say('withdraw', 'sale'), 'withdrawn')
    await scenario.expect(schedule('sale'), already('withdrawn'))
  }),
  campaignScene('opening and closing by hand move their instants to now', async (scenario) => {
    await scenario.apply(schedule('sale'))
    scenario.clock.pass(MINUTE)
    await scenario.apply(say('open', 'sale'))
    scenario.clock.pass(MINUTE)
    await scenario.apply(say('close', 'sale'))
    const state = await scenario.store.readCampaign('sale')
    assertSame([state?.opensAt, state?.closesAt], [START + MINUTE, START + 2 * MINUTE], 'opened and closed:')
  }),
  campaignScene('opening and closing when their time has come keep their instants', async (scenario) => {
    await scenario.apply(schedule('sale'))
    scenario.clock.pass(2 * DAY)
    await scenario.apply(say('open', 'sale'))
    await scenario.apply(say('close', 'sale'))
    const state = await scenario.store.readCampaign('sale')
    assertSame([state?.opensAt, state?.closesAt], [START + HOUR, START + DAY], 'opened and closed:')
  }),
  campaignScene(
    'items that are taken out are remembered as dropped, until they come back',
    async (scenario) => {
      await scenario.apply(schedule('sale', { items: [SHIRTS, MUGS] }))
      await scenario.apply(changeItems('sale', MUGS))
      assertSame((await scenario.store.readCampaign('sale'))?.dropped, [SHIRTS], 'dropped:')
      await scenario.apply(changeItems('sale', SHIRTS))
      assertSame((await scenario.store.readCampaign('sale'))?.dropped, [MUGS], 'dropped then:')
    },
  ),
  campaignScene('a campaign may have no opening, no end and no items', async (scenario) => {
    await scenario.apply(schedule('sale', { opensAt: null, closesAt: null, items: [] }))
    await scenario.expect(say('open', 'sale'), 'opened')
    await scenario.expect(say('close', 'sale'), 'closed')
  }),
  campaignScene('they are listed in pages of any size', async (scenario) => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    for (const id of ids) await scenario.apply(schedule(id))
    await scenario.apply(say('withdraw', 'b'))
    for (const limit of [1, 2, 5, 100])
      assertSame(
        (await scenario.all(limit)).map(({ id }) => id),
        ids,
        `in pages of ${limit}:`,
      )
  }),
  campaignScene('an unknown campaign is not there', async (scenario) => {
    assertSame(await scenario.store.readCampaign('nothing'), null, 'read:')
  }),
  campaignScene('names of every kind are campaigns of their own', async (scenario) => {
    for (const id of [
      'a',
      'A',
      'a ',
      'a\0',
      'a\0b',
      'é',
      'e\u0301',
      '😀',
      '{a}',
      'a:b',
      '__proto__',
      '01',
      '1',
    ])
      await scenario.expect(schedule(id, { items: [{ sku: id, pool: id, backorderLimit: 0 }] }), 'scheduled')
  }),
  campaignScene('of openings that race, one opens', async (scenario) => {
    await scenario.apply(schedule('sale'))
    const answers = await scenario.race(5, say('open', 'sale'))
    assertSame(answers, ['already', 'already', 'already', 'already', 'opened'], 'answers:')
  }),
]

const COMMAND: fc.Arbitrary<CampaignCommand> = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    name: fc.constantFrom(...(Object.keys(COMMANDS) as CommandName[])),
  })
  .map(({ id, name }) => ({ ...COMMANDS[name], id }))

const STEP = fc.record({ pass: fc.constantFrom(0, 0, MINUTE, HOUR, DAY), command: COMMAND })

/** Generated histories. */
export const CAMPAIGN_HISTORIES: readonly Case<CampaignStore>[] = [
  {
    name: 'generated histories end as in the reference',
    needs: [],
    run: (kit) =>
      checkProperty(
        kit,
        {
          name: 'campaigns',
          runs: kit.figures.histories,
          inputs: fc.array(STEP, { maxLength: kit.figures.steps, size: 'max' }),
        },
        (steps) =>
          CampaignScenario.play(kit, async (scenario) => {
            for (const { pass, command } of steps) {
              scenario.clock.pass(pass)
              await scenario.apply(command)
            }
          }),
      ),
  },
]
