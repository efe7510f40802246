import { existsSync, readdirSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, relative, sep } from 'node:path'
import ts from 'typescript'
import { clean, type Finding } from './command.js'
import { importsOf, isTest, lineOf, parse, typeScriptFiles } from './source-file.js'

/** Node's own modules that core may use, beside none with I/O. */
const builtinsOfCore = new Set([
  'node:crypto',
  'node:async_hooks',
  'node:events',
  'node:timers',
  'node:timers/promises',
])

/** Direction: core ← conformance, core ← each adapter. Adapters meet the kit in their tests alone. */
const mayLoad: Readonly<
  Record<string, { readonly code: readonly string[]; readonly tests: readonly string[] }>
> = {
  core: { code: [], tests: [] },
  conformance: { code: ['core'], tests: ['core'] },
  adapter: { code: ['core'], tests: ['core', 'conformance'] },
}

/** Adapters never import each other, core imports no one, and no package reaches into another's files. */
export function checkBoundaries(root: string): Finding {
  const folder = join(root, 'packages')
  const names = existsSync(folder) ? readdirSync(folder) : []
  const faults = names.flatMap((name) =>
    typeScriptFiles(join(folder, name), true).flatMap((path) => faultsOf(join(folder, name), name, path)),
  )
  return faults.length === 0 ? clean : { ok: false, output: faults.sort().join('\n') }
}

function faultsOf(home: string, name: string, path: string): readonly string[] {
  const ofTests = isTest(path) || path.startsWith(join(home, 'test') + sep)
  const rules = mayLoad[name.endsWith('-adapter') ? 'adapter' : name]
  if (rules === undefined)
    return [
      `packages/${name}: neither core, conformance nor an adapter; say in boundaries.ts what it may load`,
    ]
  const allowed = ofTests ? rules.tests : rules.code
  const inSources = path.startsWith(join(home, 'src') + sep)
  const source = parse(path)
  const wildcards = inSources
    ? wildcardExports(source).map(
        (line) => `packages/${name}/${relative(home, path)}:${line} names no exports: export *`,
      )
    : []
  const imports = importsOf(source).flatMap(({ specifier, line, file }) => {
    const say = (what: string) => [`packages/${name}/${relative(home, path)}:${line} ${what}`]
    // What is published reaches no sibling's files; tests may share their test support.
    if (file !== null && inSources && !ofTests && !file.startsWith(home + sep))
      return say(`reaches out of its package: ${specifier}`)
    const other = /^@holdfast\/([^/]+)/.exec(specifier)?.[1]
    // Its own tests may load a package by its name, as a user would.
    const isOwn = ofTests && other === name
    if (other !== undefined && !isOwn && !allowed.includes(other)) return say(`may not load ${specifier}`)
    if (name === 'core' && inSources && !ofTests && isBuiltin(specifier) && !builtinsOfCore.has(specifier)) {
      return say(`may not load ${specifier}: core has no I/O`)
    }
    return []
  })
  return [...wildcards, ...imports]
}

/** `export * from`: a root that names its exports one by one is one that can be read. */
function wildcardExports(source: ts.SourceFile): readonly number[] {
  return source.statements
    .filter((each) => ts.isExportDeclaration(each) && each.exportClause === undefined)
    .map((each) => lineOf(source, each))
}
