import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { serverNameOf } from '../store/server-store.js'
import { limit, stockRatio } from './figures.js'
import { type CommandLineRequest, type ReplayRequest, UsageError } from './request.js'

/** A name, or a server's kind and URL. */
type Store = Pick<ReplayRequest, 'store' | 'url'>
type Ledger = NonNullable<ReplayRequest['ledger']>

interface Options {
  readonly store: Store
  readonly ledger?: Ledger
  readonly file?: string
  readonly stockRatio: number
  readonly limit: number
  readonly restock: boolean
  readonly audit?: string
  readonly json: boolean
}

/** Options that say how to replay: none of them means anything to an audit. */
const OF_REPLAY = ['store', 'ledger', 'file', 'stockRatio', 'limit', 'restock'] as const

/** @throws UsageError in one line */
export function readCommandLine(args: readonly string[]): CommandLineRequest {
  const command = program()
  try {
    command.parse([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return { kind: 'help', text: command.helpInformation() }
    throw new UsageError(oneLine(error.message))
  }
  return requestOf(command)
}

function requestOf(command: Command): CommandLineRequest {
  const { audit, file = null, store, ...options } = command.opts<Options>()
  if (audit === undefined) {
    if (store.store === 'redis') {
      const ledger = options.ledger ?? { store: 'sqlite' }
      if (file === null || ledger.store === 'sqlite')
        return { kind: 'replay', file, ...store, ...options, ledger }
      throw new UsageError(
        `option '--file <path>' cannot be used with '--ledger ${ledger.url ?? ledger.store}'`,
      )
    }
    if (options.ledger !== undefined)
      throw new UsageError(
        `option '--ledger <name>' follows Redis, not '--store ${store.url ?? store.store}'`,
      )
    if (file !== null && store.store !== 'sqlite') {
      throw new UsageError(`option '--file <path>' cannot be used with '--store ${store.url ?? store.store}'`)
    }
    return { kind: 'replay', file, ...store, ...options }
  }
  const given = OF_REPLAY.find((name) => command.getOptionValueSource(name) === 'cli')
  if (given !== undefined) {
    const flag = given.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new UsageError(
      `option '--audit <path>' looks at a file that is there: '--${flag}' means nothing to it`,
    )
  }
  return { kind: 'audit', file: audit, json: options.json }
}

function program(): Command {
  return new Command('npm run demo --')
    .description('Replays 5,009 real orders of the public Superstore history through the order desk.')
    .addOption(
      new Option('--store <name>', 'where to sell from: sqlite, memory, postgres://…, mysql://…, redis://…')
        .argParser(storeNamed)
        .default({ store: 'sqlite' }, 'sqlite'),
    )
    .addOption(
      new Option(
        '--ledger <name>',
        'what follows Redis: sqlite if absent, memory, postgres://…, mysql://…',
      ).argParser(ledgerNamed),
    )
    .option('--file <path>', 'keep the SQLite file here; it must not exist yet', path)
    .option('--stock-ratio <number>', 'units in stock for each unit that the history orders', stockRatio, 0.9)
    .option('--limit <units>', 'most units of one product that a buyer may have', limit, 8)
    .option('--restock', 'each January, put in what was short in the year before', false)
    .option('--audit <path>', 'replay nothing: audit the file that a replay left, killed ones too', path)
    .option('--json', 'print one JSON document on standard output', false)
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .exitOverride()
}

function storeNamed(text: string): Store {
  if (/^rediss?:\/\//.test(text)) return { store: 'redis', url: text }
  return ledgerNamed(text)
}

function ledgerNamed(text: string): Ledger {
  if (text === 'sqlite' || text === 'memory') return { store: text }
  const store = serverNameOf(text)
  if (store !== null) return { store, url: text }
  throw new InvalidArgumentError('It must be sqlite, memory, or the URL of a PostgreSQL or MySQL database.')
}

function path(text: string): string {
  if (text === '' || text.includes('\0')) throw new InvalidArgumentError('It must be the path of a file.')
  return text
}

/** As in `error: option '--limit <units>' argument 'x' is invalid. It must be …`, whatever the argument holds. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
