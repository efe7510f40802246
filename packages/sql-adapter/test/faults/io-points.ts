import { Socket } from 'node:net'
import Database from 'better-sqlite3'

/** What leaves for a server, or came from it; `null`: SQLite. */
export type IoPoint = Socket | null

const TURNS = /^\s*(begin|commit|rollback)/i

/**
 * Calls `at` before each piece that this process sends to the server of this port and after each that it gets from it,
 * before anybody has seen it. Where there is no port, before and after each beginning and end of a transaction of SQLite:
 * what lies between them is nowhere but in this process.
 */
export function atEachIoPoint(port: number | null, at: (point: IoPoint) => void): void {
  if (port === null) {
    const statement = Object.getPrototypeOf(new Database(':memory:').prepare('select 1')) as Methods
    around(statement, 'run', (run, self) => {
      if (!TURNS.test((self as Database.Statement).source)) return run()
      at(null)
      const result = run()
      at(null)
      return result
    })
    return
  }
  const sending = new WeakSet<Socket>()
  for (const name of ['write', 'push']) {
    around(Socket.prototype as unknown as Methods, name, (run, self) => {
      const socket = self as Socket
      if (socket.remotePort !== port) return run()
      // What is sent before anything was answered leaves together.
      if (name === 'push' || !sending.has(socket)) at(socket)
      if (name === 'push') sending.delete(socket)
      else sending.add(socket)
      return run()
    })
  }
}

type Methods = Record<string, (...args: unknown[]) => unknown>

function around(on: Methods, name: string, call: (run: () => unknown, self: unknown) => unknown): void {
  const method = on[name]
  on[name] = function (this: unknown, ...args: unknown[]) {
    return call(() => method?.apply(this, args), this)
  }
}
