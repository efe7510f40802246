import { type FileWork, workOnFile } from './file-work.js'

/** A process of its own for what is no part of any measurement: filling files and looking at every row of them. */
process.once('message', (work: FileWork) => {
  workOnFile(work).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exitCode = 1
      process.disconnect()
    },
  )
})
