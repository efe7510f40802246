import type { Options } from 'tsup'
import { readManifest } from '../workspace/members.mjs'

/**
 * How every published package is built: ESM, CommonJS and a set of types for each, one entry for each public root
 * that its package.json exports. tsup runs it in the package's folder.
 */
export function library(): Options {
  return {
    entry: readManifest(process.cwd()).entries.map((each) => `src/${each}.ts`),
    format: ['esm', 'cjs'],
    target: 'node20',
    platform: 'node',
    tsconfig: 'tsconfig.build.json',
    // Two roots of one package share their code, in CommonJS too: one class, one registry, whichever was loaded.
    splitting: true,
    // What is marked @internal stays out of the declarations.
    dts: { compilerOptions: { stripInternal: true } },
    sourcemap: true,
    clean: true,
    silent: true,
  }
}
