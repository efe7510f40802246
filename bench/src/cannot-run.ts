/** What a benchmark needs is missing: told in one line, exit status 1. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun'
}
