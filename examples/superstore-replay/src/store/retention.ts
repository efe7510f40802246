/** The whole history is kept, so that every order can be looked at in the end: it spans four years. */
export const RETENTION = { days: 3_650 } as const
