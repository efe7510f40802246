import ts from 'typescript'

/** Compiles files as the workspace does, against the packages' sources. Answers one line for each error. */
export function typeCheck(root: string, files: readonly string[]): readonly string[] {
  const path = `${root}/tsconfig.json`
  const config = ts.getParsedCommandLineOfConfigFile(
    path,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  )
  if (config === undefined) throw new Error(`${path} cannot be read`)
  // A snippet may show a value without using it.
  const options = { ...config.options, noUnusedLocals: false, noUnusedParameters: false }
  const program = ts.createProgram([...files], options)
  const sources = program.getSourceFiles().filter((each) => files.includes(each.fileName))
  return sources
    .flatMap((each) => [...program.getSyntacticDiagnostics(each), ...program.getSemanticDiagnostics(each)])
    .map(({ file, start = 0, messageText }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
      return `${file?.fileName.split('/').at(-1)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
}

function fail(diagnostic: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, ' '))
}
