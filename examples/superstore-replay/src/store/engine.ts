/** What is used of better-sqlite3 beside the store: its looking into a file without changing it. */
export type SqliteEngine = typeof import('better-sqlite3')

export type EngineOrWhyNot =
  | { readonly ok: true; readonly engine: SqliteEngine }
  | { readonly ok: false; readonly why: string }

/** better-sqlite3 is native code: it may not have been built here, or for another Node. */
export async function loadEngine(): Promise<EngineOrWhyNot> {
  try {
    const { default: engine } = await import('better-sqlite3')
    // Only a first connection loads the native part.
    new engine(':memory:').close()
    return { ok: true, engine }
  } catch (error) {
    const [why = ''] = String(error instanceof Error ? error.message : error).split('\n')
    return { ok: false, why }
  }
}
