/** How long a sender may take to answer, ms. */
const PATIENCE_MS = 5_000

interface Asked {
  readonly checkAt: string | null
  readonly message: { readonly id: string; readonly type: string }
}

/**
 * Asks the sender of a message over HTTP what became of its local transaction. Rejects where it could not be asked, or
 * answered what is no answer: that does not count as a check.
 */
export async function askSender({ checkAt, message: { id, type } }: Asked) {
  if (checkAt === null) throw new Error('nobody can be asked')
  const response = await fetch(checkAt, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id, type }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  if (!response.ok) throw new Error(`${checkAt} answered ${response.status}`)
  const { answer } = (await response.json()) as { readonly answer: unknown }
  if (answer === 'committed' || answer === 'rolled-back' || answer === 'unknown') return answer
  throw new Error(`${checkAt} answered neither committed, rolled-back nor unknown`)
}
