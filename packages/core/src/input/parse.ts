import type * as z from 'zod'
import { HoldfastError } from '../errors.js'

type Issue = z.core.$ZodIssue
type PathPart = PropertyKey

/**
 * Checks a caller's argument and returns a copy of it, so that nothing read later can differ from what was checked.
 *
 * @param argument name of the argument, told only when the whole argument is at fault; a field is told by its own
 *   path, as the caller wrote it: `lines[0].quantity`
 * @throws HoldfastError `invalid-argument` with the path of the first field at fault; the message never holds a value
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  argument: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, message } = firstFault(result.error.issues)
  throw invalid(path.length === 0 ? argument : formatPath(path), message)
}

/** As `parse`, with every path below `root`: `policy.limits[0].max`. */
export function parseUnder<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  root: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, message } = firstFault(result.error.issues)
  throw invalid(formatPath(path, root), message)
}

/** The error of a field at fault. `message` must hold nothing of the field's value. */
export function invalid(path: string, message: string): HoldfastError {
  return new HoldfastError('invalid-argument', `${path}: ${message}`, { path })
}

/** `['lines', 0, 'sku']` is `lines[0].sku`; a key that is no plain name is quoted: `other["a b"]`. */
export function formatPath(path: readonly PathPart[], root = ''): string {
  let text = root
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (typeof part === 'string' && PLAIN_NAME.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(String(part))}]`
  }
  return text
}
const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/

interface Fault {
  readonly path: readonly PathPart[]
  readonly message: string
}

function firstFault(issues: readonly Issue[]): Fault {
  const issue = issues[0] as Issue
  if (issue.code === 'unrecognized_keys') {
    return { path: [...issue.path, issue.keys[0] as string], message: 'unknown field' }
  }
  if (issue.code === 'invalid_union') {
    const inner = meantBranch(issue.errors)
    if (inner !== null) {
      const fault = firstFault(inner)
      return { path: [...issue.path, ...fault.path], message: fault.message }
    }
  }
  return { path: issue.path, message: issue.message }
}

/** The branch of a union that the value is of, if only one: the one that found fault inside the value, not with its type. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const inside = branches.filter(
    ([first]) => first !== undefined && !(first.path.length === 0 && isOfType(first)),
  )
  return inside.length === 1 ? (inside[0] as readonly Issue[]) : null
}

function isOfType(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union'
}
