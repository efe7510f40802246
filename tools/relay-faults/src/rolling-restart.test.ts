import { expect, test } from 'vitest'
import { serverForTests } from '../../services/test-services.js'
import { rollingRestart } from './rolling-restart.js'

const hasKafka = (await serverForTests('kafka')) !== null

test.skipIf(!hasKafka)(
  'brokers restarted one after the other under load lose nothing that was acknowledged',
  { timeout: 600_000 },
  async ({ annotate }) => {
    const { ours, bare, isConclusive } = await rollingRestart({ atLeast: 3, atMost: 3 }, () => {})
    expect(ours).toMatchObject({ lost: 0, disordered: 0 })
    expect(ours.acknowledged).toBeGreaterThan(1_000)
    // The long form goes on until the bare client has lost something: npm run faults -- rolling-restart
    await annotate(
      isConclusive ? `the bare client lost ${bare.lost}` : 'inconclusive: the bare client lost nothing',
    )
  },
)
