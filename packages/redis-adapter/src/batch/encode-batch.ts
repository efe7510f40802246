import type { Command, Reserve } from '@holdfast/core/adapter'
import { isUuid } from '../ids.js'
import { Column } from './columns.js'
import { encodeCommand } from './encode-command.js'
import { encodeStep } from './encode-step.js'
import { type LastShape, ShapesOfBatch } from './shapes-of-batch.js'

/** The arguments of `apply.lua` behind epoch and bound. */
export type EncodedBatch = readonly (string | Buffer)[]

/** So few alike reserves, and nothing else, are told without columns: a client sends texts in half the time of buffers. */
const FEW = 4

const RESERVE = 'r'
const OTHER = 'c'

/**
 * A batch as the script takes it: reserves in columns, alike ones told once; the others as they are. `last` is kept from
 * batch to batch.
 */
export function encodeBatch(commands: readonly Command[], last: LastShape): EncodedBatch {
  const few = commands.length <= FEW ? encodeFew(commands, last) : null
  return few ?? encodeMany(commands, last)
}

/** As `lua/includes/few-arguments.lua` reads them; `null` for anything but alike reserves. */
function encodeFew(commands: readonly Command[], last: LastShape): EncodedBatch | null {
  const told: string[] = []
  let shape: string | null = null
  for (const command of commands) {
    if (command.kind !== 'reserve') return null
    const { id, notAfter, data } = command
    const own = last.of(command)
    if (own !== (shape ?? own)) return null
    shape = own
    told.push(
      // The server's clock tells whole milliseconds, and parses these sooner.
      String(Math.floor(notAfter)),
      isUuid(id) ? `u${id}` : `t${id}`,
      data === null ? '' : `=${data}`,
      ...last.texts,
    )
  }
  return shape === null ? null : [String(commands.length), shape, String(last.texts.length), ...told]
}

function encodeMany(commands: readonly Command[], last: LastShape): EncodedBatch {
  const reserves = new ReserveColumns(commands.length, last)
  const others: object[] = []
  const ids = new Column(24 * commands.length)
  let kinds = ''
  for (const command of commands) {
    if (command.kind === 'reserve') {
      reserves.add(command)
      kinds += RESERVE
    } else {
      others.push(command.kind === 'pieced' ? encodeStep(command) : encodeCommand(command))
      if ('id' in command) ids.id(command.id)
      else ids.text('')
      kinds += OTHER
    }
  }
  const told = others.length === 0 ? ['', ''] : [JSON.stringify(others), ids.content]
  return [kinds, ...reserves.encoded(), ...told]
}

class ReserveColumns {
  private readonly shapes: ShapesOfBatch
  private readonly shapeOf: Column
  private readonly notAfter: Column
  private readonly ids: Column
  private readonly texts: Column
  private readonly data: Column

  /** Columns for so many commands, with room for ids, texts and data of usual lengths. */
  constructor(
    commands: number,
    private readonly last: LastShape,
  ) {
    this.shapes = new ShapesOfBatch(last)
    this.shapeOf = new Column(2 * commands)
    this.notAfter = new Column(8 * commands)
    this.ids = new Column(24 * commands)
    this.texts = new Column(64 * commands)
    this.data = new Column(80 * commands)
  }

  add(command: Reserve): void {
    const { shapes, texts, last } = this
    this.shapeOf.short(shapes.add(command))
    this.notAfter.double(command.notAfter)
    this.ids.id(command.id)
    const own = texts.beginGroup()
    for (const text of last.texts) texts.text(text)
    texts.endGroup(own)
    this.data.optionalInGroup(command.data)
  }

  encoded(): EncodedBatch {
    const { shapes, shapeOf, notAfter, ids, texts, data } = this
    const columns = [shapeOf, notAfter, ids, texts, data].map(({ content }) => content)
    return [shapes.encoded(), ...columns]
  }
}
