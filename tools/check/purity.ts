import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { clean, type Finding } from './command.js'
import { type Import, importsOf, lineOf, parse, typeScriptFiles } from './source-file.js'

/**
 * Deciders, batches and policy know no clock, no chance and no outside world: time and ids come in. The rule holds
 * for these folders and for all that they load, so that it cannot be walked around through a file next door.
 */
const pureFolders = ['machines', 'partition', 'policy']

/** Deciders and batches load nothing but each other, the port's shapes and the errors. */
const deciding = /^(machines|partition)\//
const deciders = /^(machines|partition|port)\/|^errors\.ts$/

/** Packages that only compute: policy checks data, reckons with time zones and normalises identities. */
const computing = new Set([
  'zod',
  'luxon',
  'ipaddr.js',
  'libphonenumber-js',
  'libphonenumber-js/min',
  'lru-cache',
])

/** Of Node itself, digests: the same text gives the same name for ever. Only where identities are hashed. */
const digests = new Set(['hash', 'createHash', 'createHmac', 'createSecretKey'])

const forbiddenGlobals = new Set([
  ...['process', 'performance', 'globalThis', 'global', 'console', 'fetch', 'crypto', 'require', 'Buffer'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'],
  ...['queueMicrotask', 'eval', 'Function', 'WeakRef', 'FinalizationRegistry'],
])

/** @param core the folder packages/core */
export function checkPurity(core: string): Finding {
  const roots = pureFolders.flatMap((folder) => typeScriptFiles(join(core, 'src', folder)))
  const seen = new Set<string>()
  const faults: string[] = []
  const queue = [...roots]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const source = parse(path)
    const own = declaredNames(source)
    const say = (line: number, what: string) => faults.push(`${relative(core, path)}:${line} ${what}`)
    queue.push(...followImports(source, join(core, 'src'), say))
    visit(source, source, own, say)
  }
  return faults.length === 0 ? clean : { ok: false, output: faults.sort().join('\n') }
}

type Say = (line: number, what: string) => void

function followImports(source: ts.SourceFile, sources: string, say: Say): readonly string[] {
  const path = relative(sources, source.fileName).replaceAll('\\', '/')
  const next: string[] = []
  for (const found of importsOf(source)) {
    if (found.typeOnly) continue
    const target = found.file === null ? null : relative(sources, found.file).replaceAll('\\', '/')
    if (!mayLoad(path, target, found)) say(found.line, `loads ${found.specifier}, which pure code may not`)
    else if (found.file !== null && existsSync(found.file)) next.push(found.file)
  }
  return next
}

/** @param target the file meant, relative to src, or null for a package or one of Node's own modules */
function mayLoad(path: string, target: string | null, { specifier, names }: Import): boolean {
  if (deciding.test(path)) return target !== null && deciders.test(target)
  if (target !== null || computing.has(specifier)) return true
  const onlyDigests = names?.every((name) => digests.has(name)) ?? false
  return specifier === 'node:crypto' && path.startsWith('identity/') && onlyDigests
}

function visit(node: ts.Node, source: ts.SourceFile, own: ReadonlySet<string>, say: Say): void {
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return
  if (ts.isIdentifier(node) && isReference(node)) {
    const fault = own.has(node.text) ? null : faultOf(node)
    if (fault !== null) say(lineOf(source, node), `uses ${fault}, which pure code may not`)
  }
  if (ts.isMetaProperty(node)) say(lineOf(source, node), 'uses import.meta, which pure code may not')
  ts.forEachChild(node, (child) => visit(child, source, own, say))
}

/** A file's own functions, variables and parameters hide a global of the same name; what it imports does not. */
function declaredNames(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>()
  const collect = (node: ts.Node): void => {
    const declares = ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node) || ts.isParameter(node)
    if (declares && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text)
    ts.forEachChild(node, collect)
  }
  collect(source)
  return names
}

/** Names of properties, members and parts of an import are no references to a global. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isClassElement(parent) || ts.isTypeElement(parent)) return 'name' in parent && parent.name !== node
  if (ts.isBindingElement(parent)) return parent.propertyName !== node
  return !ts.isImportSpecifier(parent) && !ts.isExportSpecifier(parent) && !ts.isEnumMember(parent)
}

function faultOf(node: ts.Identifier): string | null {
  const name = node.text
  if (forbiddenGlobals.has(name)) return name
  if (name === 'Date') return dateFault(node)
  if (name === 'Math') return memberFault(node, (member) => member !== 'random')
  if (name === 'DateTime') return memberFault(node, readsNoClock)
  if (name === 'Settings') return 'the process-wide Settings of luxon'
  return null
}

/** A date may be made of given figures, in UTC; the clock and the machine's own time zone stay out. */
function dateFault(node: ts.Identifier): string | null {
  const { parent } = node
  if (ts.isNewExpression(parent) && parent.expression === node) {
    return parent.arguments?.length === 1 ? null : 'new Date() of anything but one instant'
  }
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
    return null
  if (ts.isCallExpression(parent) && parent.arguments.includes(node)) return null
  return memberFault(node, (member) => member === 'UTC' || member === 'parse')
}

/** luxon: `now()`, and `local()` and `utc()` without figures, read the clock. */
function readsNoClock(member: string, call: ts.CallExpression | null): boolean {
  if (member === 'now') return false
  return !((member === 'local' || member === 'utc') && (call === null || call.arguments.length === 0))
}

/** Only `Name.member` in the open is allowed: an alias or a computed member could hide anything. */
function memberFault(
  node: ts.Identifier,
  allowed: (member: string, call: ts.CallExpression | null) => boolean,
): string | null {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) {
    const call =
      ts.isCallExpression(parent.parent) && parent.parent.expression === parent ? parent.parent : null
    return allowed(parent.name.text, call) ? null : `${node.text}.${parent.name.text}`
  }
  if (ts.isQualifiedName(parent) || ts.isImportClause(parent)) return null
  return `${node.text} by another name`
}
