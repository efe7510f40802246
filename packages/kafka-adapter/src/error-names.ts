/**
 * Kafka's names of all the errors that lie behind one, where the client keeps them in `field`; of those without, what they
 * call themselves.
 */
export function errorNamesOf(error: unknown, field: 'type' | 'apiId' | 'code'): readonly string[] {
  if (!(error instanceof Error)) return ['none']
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.flatMap((each) => errorNamesOf(each, field))
  }
  const own = (error as unknown as Record<string, unknown>)[field]
  if (typeof own === 'string') return [own]
  return error.cause instanceof Error ? errorNamesOf(error.cause, field) : [error.name]
}
