import { readCommandLine } from './command-line/read-command-line.js'
import { UsageError } from './command-line/request.js'
import { Interrupts } from './interrupts.js'
import { runAudit } from './run-audit.js'
import { runReplay } from './run-replay.js'

const { stdout, stderr, argv } = process

try {
  process.exitCode = (await run()) ? 0 : 1
} catch (error) {
  if (error instanceof UsageError) {
    stderr.write(`superstore-replay: ${error.message}\n`)
    process.exitCode = 2
  } else {
    stderr.write(`superstore-replay: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`)
    process.exitCode = 1
  }
}

/** Whether all holds. */
async function run(): Promise<boolean> {
  const request = readCommandLine(argv.slice(2))
  switch (request.kind) {
    case 'help':
      stdout.write(request.text)
      return true
    case 'audit':
      return runAudit(request, stdout)
    case 'replay': {
      const interrupts = new Interrupts()
      try {
        return await runReplay(request, { stdout, stderr, onInterrupt: interrupts.undo })
      } finally {
        interrupts.forget()
      }
    }
    default:
      return request satisfies never
  }
}
