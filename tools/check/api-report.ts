import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor'
import { publishedPackages } from '../workspace/members.mjs'
import { all, clean, type Finding } from './command.js'

/**
 * Compares the public API of each built package with its recorded reports, one for each of its
 * roots, in `packages/<name>/api-report`.
 * @param update write the reports instead of comparing
 */
export function checkApiReports(root: string, update: boolean): Finding {
  return all(
    publishedPackages(root).flatMap(({ folder, name, entries }) =>
      entries.map((entry) =>
        checkOne(root, folder, entry === 'index' ? name : `${name}/${entry}`, entry, update),
      ),
    ),
  )
}

function checkOne(root: string, folder: string, name: string, entry: string, update: boolean): Finding {
  const report = `${name.replace(/^@holdfast\//, '').replace('/', '-')}.api.md`
  const recorded = join(root, folder, 'api-report', report)
  mkdirSync(join(root, folder, 'api-report'), { recursive: true })
  const config = ExtractorConfig.prepare({
    configObject: configuration(join(root, folder), entry, join(root, 'node_modules/.holdfast/api'), report),
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, folder, 'package.json'),
  })
  const messages: string[] = []
  const existed = existsSync(recorded)
  const result = Extractor.invoke(config, {
    localBuild: update,
    showVerboseMessages: false,
    messageCallback: (message) => {
      if (message.logLevel === ExtractorLogLevel.Error) messages.push(message.text)
      message.handled = true
    },
  })
  if (messages.length > 0) return { ok: false, output: `${name}: ${messages.join('\n')}` }
  if (update || (existed && !result.apiReportChanged)) return clean
  const what = existed ? 'differs from' : 'is not recorded in'
  const hint = 'if that is meant, run `npm run check -- --update` and commit'
  return { ok: false, output: `the public API of ${name} ${what} ${folder}/api-report/${report}: ${hint}` }
}

function configuration(folder: string, entry: string, temporary: string, report: string): IConfigFile {
  const silent = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false }
  return {
    projectFolder: folder,
    mainEntryPointFilePath: join(folder, `dist/${entry}.d.ts`),
    compiler: { tsconfigFilePath: join(folder, 'tsconfig.build.json') },
    apiReport: {
      enabled: true,
      reportFileName: report,
      reportFolder: join(folder, 'api-report'),
      reportTempFolder: temporary,
    },
    docModel: { enabled: false, apiJsonFilePath: '' },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    newlineKind: 'lf',
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Error },
        // A type that is used in the API but not exported: a reviewer shall see it in the report.
        'ae-forgotten-export': { logLevel: ExtractorLogLevel.None, addToApiReportFile: true },
        'ae-missing-release-tag': silent,
        'ae-unresolved-link': silent,
        'ae-undocumented': silent,
      },
      tsdocMessageReporting: { default: silent },
    },
  }
}
