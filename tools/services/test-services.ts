import { get } from 'node:http'
import { json } from 'node:stream/consumers'
import type { ServiceName } from './service.js'

/** Names where tests ask for servers. */
export const ADDRESS = 'HOLDFAST_TEST_SERVICES'

export type Answer = { readonly url: string; readonly version: string } | { readonly missing: string }

/**
 * The URL of a server, shared by all tests: make a database of your own on it. `null` where it cannot be had: skip, and
 * it is told at the end.
 *
 * @throws Error instead, where `CI` is set: there nothing is skipped
 */
export async function serverForTests(name: ServiceName): Promise<string | null> {
  const address = process.env[ADDRESS]
  if (address === undefined) throw new Error('vitest was not set up by tools/services/test-setup.ts')
  const answer = await asked(`${address}/${name}`)
  if ('url' in answer) return answer.url
  if (process.env.CI) throw new Error(answer.missing)
  return null
}

/** Without the time limit of `fetch`: a server that must be installed takes minutes. */
function asked(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    get(url, (response) => void json(response).then((answer) => resolve(answer as Answer), reject)).on(
      'error',
      reject,
    )
  })
}
