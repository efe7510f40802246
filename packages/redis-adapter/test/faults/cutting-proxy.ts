import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands before a server, and cuts connections off when a reply is about to pass: what was asked is done by then. */
export class CuttingProxy {
  private readonly sockets = new Set<Socket>()
  private cuts = 0
  private readonly server = createServer((client) => this.join(client))

  private constructor(private readonly target: number) {}

  static async before(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port)
    proxy.server.listen(0, '127.0.0.1')
    await once(proxy.server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  /** Replies still to be cut off. */
  get left(): number {
    return this.cuts
  }

  cutNext(replies = 1): void {
    this.cuts = replies
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
    await once(this.server, 'close')
  }

  private join(client: Socket): void {
    const server = connect(this.target, '127.0.0.1')
    let asksAScript = false
    client.on('data', (asked) => {
      asksAScript ||= /eval(sha)?\r\n/i.test(asked.toString('latin1'))
      server.write(asked)
    })
    server.on('data', (reply) => {
      if (!asksAScript || this.cuts === 0) return void client.write(reply)
      this.cuts -= 1
      client.destroy()
      server.destroy()
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.sockets.delete(one)
        other.destroy()
      })
    }
  }
}
