import { TouchedKeys } from '@holdfast/core/adapter'
import { recordKey } from '../rows/record-key.js'

/** What a batch may read or change. Of counters, guards and strikes it notes whose they are: they are loaded together. */
export class KeysBySubject extends TouchedKeys {
  readonly subjects = new Set<string>()

  protected override addNames(
    _into: Set<string>,
    name: string,
    prior: readonly string[],
    subject: string = recordKey(name).subject,
  ): void {
    this.subjects.add(subject)
    for (const older of prior) this.subjects.add(recordKey(older).subject)
  }
}
