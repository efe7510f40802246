// Runs one server for as long as the process that asked for it lives: when that ends, however it ends, standard input
// closes; then the server is stopped by its id and its folder removed.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** @type {import('./guarded.js').Command} */
const { command, args, folder, user, stopSignal } = JSON.parse(process.argv[2] ?? '')
/** How long a server may take to stop before it is killed, ms. */
const LONGEST_STOP = 30_000

const log = openSync(join(folder, 'server.log'), 'a')
const child = spawn(command, args, {
  cwd: folder,
  stdio: ['ignore', log, log],
  ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
})
closeSync(log)

/** What standard input says before it closes is the signal to stop it with. */
let said = ''
const stop = () => {
  child.kill(/** @type {NodeJS.Signals} */ (said || stopSignal))
  setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP).unref()
}
process.stdin.on('data', (text) => (said += text))
process.stdin.on('end', stop).on('error', stop)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)

/** @param {number} status */
const end = (status) => {
  // The folder goes: what the server said last is told to whoever waits for it.
  process.stderr.write(readFileSync(join(folder, 'server.log'), 'utf8').slice(-2_000))
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = status
  process.stdin.destroy()
}
child.once('error', () => end(127))
child.once('exit', (code) => end(code ?? 1))
