import { type PlaceWork, workOnPlace } from './place-work.js'

/** A process of its own for what is no part of any measurement: storing orders and looking at every row of them. */
process.once('message', (work: PlaceWork) => {
  workOnPlace(work).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exitCode = 1
      process.disconnect()
    },
  )
})
