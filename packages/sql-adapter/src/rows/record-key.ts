/** The key of a counter, guard or strike record. */
export interface RecordKey {
  /** What comes after the last `/` of its name: the subject, in names that core's policy makes. */
  readonly subject: string
  /** The name up to there, the `/` included. */
  readonly scope: string
}

/**
 * Cuts a name where core puts the subject, so that all records of one subject lie in one row: an order then changes that
 * row where names as they are would scatter its counters, guards and strikes.
 */
export function recordKey(name: string): RecordKey {
  const cut = name.lastIndexOf('/') + 1
  return { subject: name.slice(cut), scope: name.slice(0, cut) }
}

/** Those of the subjects that are not among the others. */
export function without(subjects: ReadonlySet<string>, others: ReadonlySet<string>): readonly string[] {
  return [...subjects].filter((subject) => !others.has(subject))
}
