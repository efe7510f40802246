/** Where a process is to die: at the n-th call of a method, before it is made or after it was answered. */
export interface DeathAt {
  readonly method: string
  readonly when: 'before' | 'after'
  readonly nth: number
}

/** As `kill -9` does it: nothing is said, closed or given back. */
function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** The same object, whose process dies at one of its calls; what it answers with is watched as well. */
export function dyingAt<T extends object>(target: T, death: DeathAt | null): T {
  if (death === null) return target
  const calls = { count: 0 }
  return watched(target, death, calls)
}

function watched<T extends object>(target: T, death: DeathAt, calls: { count: number }): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        const isIt = name === death.method && ++calls.count === death.nth
        if (isIt && death.when === 'before') die()
        const answer: unknown = value.apply(object, args)
        if (!(answer instanceof Promise)) return answer
        return answer.then((told: unknown) => {
          if (isIt && death.when === 'after') die()
          const isPort = typeof told === 'object' && told !== null && 'release' in told
          return isPort ? watched(told, death, calls) : told
        })
      }
    },
  })
}
