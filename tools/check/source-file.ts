import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import ts from 'typescript'

export interface Import {
  readonly specifier: string
  readonly line: number
  /** The source file that a relative import means, or null for a package or a built-in. */
  readonly file: string | null
  /** `import type`, which leaves nothing at run time. */
  readonly typeOnly: boolean
  /** What `import { … }` names at its source, types left out, or null when it takes the whole or names nothing. */
  readonly names: readonly string[] | null
}

export function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true)
}

export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
}

/** Every import, re-export and `import()` of a literal, in order. */
export function importsOf(source: ts.SourceFile): readonly Import[] {
  const found: Import[] = []
  const add = (
    at: ts.Node,
    specifier: ts.Expression | undefined,
    typeOnly: boolean,
    names: Import['names'],
  ) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const file = relativeTarget(source.fileName, specifier.text)
    found.push({ specifier: specifier.text, line: lineOf(source, at), file, typeOnly, names })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, isTypeOnly(node.importClause), namesOf(node.importClause))
    } else if (ts.isExportDeclaration(node)) {
      add(node, node.moduleSpecifier, node.isTypeOnly, null)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false, null)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Also true of `import { type A, type B }`. */
function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const named = clause.namedBindings
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((each) => each.isTypeOnly)
}

function namesOf(clause: ts.ImportClause | undefined): Import['names'] {
  const named = clause?.namedBindings
  if (clause?.name !== undefined || named === undefined || !ts.isNamedImports(named)) return null
  const values = named.elements.filter((each) => !each.isTypeOnly)
  return values.map((each) => (each.propertyName ?? each.name).text)
}

function relativeTarget(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  return resolve(dirname(from), specifier.replace(/\.js$/, '.ts'))
}

/** Tests, and what only tests load: `place.test.ts`, `shop.test-support.ts`. */
export function isTest(path: string): boolean {
  return /\.test(-support)?\.ts$/.test(path)
}

/** TypeScript files under a folder, at any depth; none when the folder is missing. */
export function typeScriptFiles(folder: string, withTests = false): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory())
      return name === 'node_modules' || name === 'dist' ? [] : typeScriptFiles(path, withTests)
    return name.endsWith('.ts') && (withTests || !isTest(name)) ? [path] : []
  })
}
