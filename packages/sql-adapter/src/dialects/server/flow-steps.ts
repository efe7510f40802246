import type { TableNames } from '../table-names.js'
import type { Changes } from '../work.js'
import { bytes, type Column, integer, type Row, text } from './column.js'
import type { Insert, Update, WriteStep } from './write-plan.js'

/** Campaigns and compensations: few and small, their state as JSON. */
export function flowSteps(
  { campaigns, compensations, compensationLeases }: Changes,
  names: TableNames,
): WriteStep[] {
  const flow = [text('status'), integer('version'), text('state')]
  const attempt = [...flow, integer('next_attempt_at')]
  const key = [bytes('id')]
  const steps = (
    table: string,
    columns: readonly Column[],
    stored: readonly Row[],
    fresh: readonly Row[],
  ) => [
    { kind: 'insert', table, columns: [...key, ...columns], rows: fresh } satisfies Insert,
    { kind: 'update', table, key, expected: [], set: columns, added: [], rows: stored } satisfies Update,
  ]
  const campaignRows = (stored: boolean) =>
    campaigns
      .filter((changed) => changed.stored === stored)
      .map(({ state }) => [state.id, state.status, state.version, JSON.stringify(state)])
  const compensationRows = (stored: boolean) =>
    compensations
      .filter((changed) => changed.stored === stored)
      .map(({ state }) => {
        const next = state.status === 'required' ? state.nextAttemptAt : null
        return [state.order, state.status, state.version, JSON.stringify(state), next]
      })
  const [insert, update] = steps(
    names.compensations,
    attempt,
    compensationRows(true),
    compensationRows(false),
  )
  return [
    ...steps(names.campaigns, flow, campaignRows(true), campaignRows(false)),
    ...(insert === undefined ? [] : [insert]),
    ...(update?.kind === 'update' ? [{ ...update, sharedSet: { leased_until: 'null' } }] : []),
    leaseStep(
      names.compensations,
      compensationLeases.map(({ order, until }) => ({ id: order, until })),
    ),
  ]
}

export function leaseStep(
  table: string,
  leases: readonly { readonly id: string; readonly until: number }[],
): Update {
  return {
    kind: 'update',
    table,
    key: [bytes('id')],
    expected: [],
    set: [integer('leased_until')],
    added: [],
    rows: leases.map(({ id, until }) => [id, until]),
  }
}
