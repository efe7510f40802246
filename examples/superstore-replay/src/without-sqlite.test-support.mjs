// Preloaded, it makes a process one in which better-sqlite3 was never built.
import { register } from 'node:module'

const hooks = `export async function resolve(specifier, context, next) {
  if (specifier !== 'better-sqlite3') return next(specifier, context)
  throw new Error("Cannot find package 'better-sqlite3'\\n  in several lines")
}`

register(`data:text/javascript,${encodeURIComponent(hooks)}`)
