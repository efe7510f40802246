type Argument = string | number | Buffer

/** What the store asks of ioredis, 5 or 6: a `Redis` or a `Cluster` has all of it. */
export interface RedisClient {
  callBuffer(command: string, ...args: Argument[]): Promise<unknown>
  pipeline(): RedisPipeline
  /** Of a cluster alone. */
  nodes?(role: 'master'): readonly RedisClient[]
}

/** Commands that are sent one behind the other over one connection; in a cluster, to the node of their keys. */
export interface RedisPipeline {
  callBuffer(command: string, ...args: Argument[]): unknown
  exec(): Promise<readonly (readonly [error: Error | null, result: unknown])[] | null>
}
