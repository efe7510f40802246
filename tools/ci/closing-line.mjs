/** @typedef {import('../test-tally/tally.js').Tally} Tally */

const LINE = /^(\d+) passed, (\d+) failed, (\d+) skipped$/

/**
 * What a run of the tests tells in its last line. A run that did not come to it, or ended badly with no failure told,
 * is one failure.
 * @param {string} said @param {boolean} ended whether it ended well @returns {Tally}
 */
export function closingLine(said, ended) {
  const match = LINE.exec(said.trimEnd().split('\n').at(-1) ?? '')
  if (match === null) return { passed: 0, failed: 1, skipped: 0 }
  const [passed = 0, failed = 0, skipped = 0] = match.slice(1).map(Number)
  return { passed, failed: ended ? failed : Math.max(1, failed), skipped }
}

/** @param {Tally} one @param {Tally} other @returns {Tally} */
export function sumOf(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  }
}
