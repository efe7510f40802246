import { spawn } from 'node:child_process'

export interface Finding {
  readonly ok: boolean
  /** What to show when it is not ok. */
  readonly output: string
}

export const clean: Finding = { ok: true, output: '' }

/** Runs a program without a shell; ok is exit status 0, the output is both of its streams as they came. */
export function command(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Finding> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && program === 'npx',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ ok: status === 0, output }))
  })
}

/** Runs the JavaScript of an installed tool with this Node, past the wrappers in `.bin`. */
export function tool(root: string, script: string, args: readonly string[]): Promise<Finding> {
  return command(process.execPath, [`${root}/node_modules/${script}`, ...args], root)
}

export function all(findings: readonly Finding[]): Finding {
  const bad = findings.filter((each) => !each.ok)
  return bad.length === 0 ? clean : { ok: false, output: bad.map((each) => each.output.trimEnd()).join('\n') }
}
