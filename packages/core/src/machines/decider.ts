/** What a machine decides: events to be kept, and the one outcome told to the caller. */
export interface Decision<Event, Outcome> {
  readonly events: readonly Event[]
  readonly outcome: Outcome
}

/**
 * A pure machine. `decide` reads a state and changes nothing; `evolve` gives the next state and may reuse
 * the state that it was handed, which its caller owns. No I/O, no clock, no randomness: time and ids come in.
 */
export interface Decider<State, Command, Event, Outcome> {
  readonly initialState: State
  decide(command: Command, state: State): Decision<Event, Outcome>
  evolve(state: State, event: Event): State
}

/** Ends a switch over a union: a case that was forgotten is a type error. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

/**
 * No events: shared, so that a refusal allocates nothing for them. Like all arrays on the way of every order it is not
 * frozen: V8 walks a frozen array by an iterator, with an object for each element.
 */
export const NO_EVENTS: readonly never[] = []
