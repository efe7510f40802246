import type { Command, Reserve } from '@holdfast/core/adapter'
import { Column } from './columns.js'
import { encodeCommand } from './encode-command.js'
import { encodeStep } from './encode-step.js'
import { shapeOfReserve, Texts } from './shape.js'

/** The arguments of `apply.lua` behind epoch and bound. */
export type EncodedBatch = readonly (string | Buffer)[]

const RESERVE = 'r'
const OTHER = 'c'

/** A batch as the script takes it: reserves in columns, alike ones told once; the others as they are. */
export function encodeBatch(commands: readonly Command[]): EncodedBatch {
  const reserves = new ReserveColumns()
  const others: object[] = []
  let kinds = ''
  for (const command of commands) {
    if (command.kind === 'reserve') {
      reserves.add(command)
      kinds += RESERVE
    } else {
      others.push(command.kind === 'pieced' ? encodeStep(command) : encodeCommand(command))
      kinds += OTHER
    }
  }
  return [kinds, ...reserves.encoded(), others.length === 0 ? '' : JSON.stringify(others)]
}

class ReserveColumns {
  private readonly shapes = new Map<string, number>()
  private readonly shapeOf = new Column()
  private readonly notAfter = new Column()
  private readonly ids = new Column()
  private readonly texts = new Column()
  private readonly data = new Column()

  add(command: Reserve): void {
    const texts = new Texts()
    const shape = JSON.stringify(shapeOfReserve(command, texts))
    let index = this.shapes.get(shape)
    if (index === undefined) {
      index = this.shapes.size
      this.shapes.set(shape, index)
    }
    this.shapeOf.short(index)
    this.notAfter.double(command.notAfter)
    this.ids.text(command.id)
    this.texts.group((column) => {
      for (const text of texts.all) column.text(text)
    })
    this.data.text(command.data === null ? '' : `=${command.data}`)
  }

  encoded(): EncodedBatch {
    const { shapes, shapeOf, notAfter, ids, texts, data } = this
    const columns = [shapeOf, notAfter, ids, texts, data].map(({ content }) => content)
    return [shapes.size === 0 ? '' : `[${[...shapes.keys()].join(',')}]`, ...columns]
  }
}
