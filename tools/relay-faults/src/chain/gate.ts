import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server that can be closed: whoever is connected is cut off, and nobody else comes through. */
export class Gate {
  private readonly server = createServer((client) => this.connected(client))
  private readonly sockets = new Set<Socket>()
  private port = 0
  private isOpen = false

  private constructor(private readonly to: URL) {}

  static async to(url: string): Promise<Gate> {
    const gate = new Gate(new URL(url))
    await gate.open()
    return gate
  }

  /** As the server's own, through the gate. */
  get url(): string {
    return Object.assign(new URL(this.to), { host: `127.0.0.1:${this.port}` }).href
  }

  async open(): Promise<void> {
    this.isOpen = true
    this.server.listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
    this.port = (this.server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.isOpen = false
    const closed = once(this.server, 'close')
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
    await closed
  }

  private connected(client: Socket): void {
    // It was on its way when the gate was closed.
    if (!this.isOpen) {
      client.destroy()
      return
    }
    const server = connect(Number(this.to.port), this.to.hostname)
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.sockets.delete(from)
        to.destroy()
      })
    }
  }
}
