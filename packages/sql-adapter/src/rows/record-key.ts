/** The key of a counter, guard or strike record. */
export interface RecordKey {
  /** What comes after the last `/` of its name: the subject, in names that core's policy makes. */
  readonly subject: string
  /** The name up to there, the `/` included. */
  readonly scope: string
}

/**
 * Cuts a name where core puts the subject, so that all records of one subject lie side by side: an order then changes
 * one page of an index where names as they are would scatter its counter, guard and strikes over three.
 */
export function recordKey(name: string): RecordKey {
  const cut = name.lastIndexOf('/') + 1
  return { subject: name.slice(cut), scope: name.slice(0, cut) }
}
