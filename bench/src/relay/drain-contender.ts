import type { Contender, Engine, Stand } from '../contender.js'
import { checkConsumed } from './consumed.js'
import type { KafkaServer } from './kafka-server.js'

/** One way to bring a backlog to a topic. */
export interface Drain {
  /** Adds messages to what waits, from the n-th on; not measured. */
  fill(from: number, count: number): Promise<void>
  /** Sends what waits, or goes on with it; answers when some were sent. `false`: nothing waits. */
  drain(): Promise<boolean>
  /** Messages that the broker acknowledged. */
  readonly sent: number
  /** Waits for what is under way. */
  close(): Promise<void>
}

export interface DrainContender {
  readonly engine: Engine
  readonly name: string
  readonly server: KafkaServer
  /** Messages that wait when it begins. */
  readonly messages: number
  /** Messages that warm up what is measured afterwards. */
  readonly warmUp: number
  readonly mostRounds?: number
  readonly open: (topic: string) => Promise<Drain>
}

/** Sends a backlog to Kafka, as fast as it goes; what arrived is counted at a consumer. */
export function drainContender(options: DrainContender): Contender {
  const { engine, name, server, messages, warmUp, mostRounds } = options
  const open = async (): Promise<Stand> => {
    const topic = await server.newTopic()
    const drain = await options.open(topic)
    await drain.fill(0, warmUp)
    let counted = 0
    let closed: Promise<void> | null = null
    const close = () => {
      closed ??= drain.close()
      return closed
    }
    return {
      callers: 1,
      latency: false,
      async call() {
        if (!(await drain.drain())) return null
        const fresh = drain.sent - counted
        counted = drain.sent
        return fresh
      },
      warm: () => drain.fill(warmUp, messages),
      async checkLaws() {
        // What was under way when the time was over arrives as well.
        await close()
        await checkConsumed(server, topic, drain.sent)
      },
      close,
    }
  }
  return { engine, name, unit: 'messages/s', open, ...(mostRounds === undefined ? {} : { mostRounds }) }
}
