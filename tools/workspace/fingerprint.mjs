import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/**
 * One digest over the names and contents of files and folders, and over any further words.
 * @param {string} root @param {readonly string[]} paths relative to root; a missing one counts as absent
 * @param {readonly string[]} [words]
 */
export function fingerprint(root, paths, words = []) {
  const digest = createHash('sha256')
  for (const path of paths.flatMap((each) => filesUnder(join(root, each))).sort()) {
    digest
      .update(`${relative(root, path).split(sep).join('/')}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  for (const word of words) digest.update(`${word}\0`)
  return digest.digest('hex')
}

/** @param {string} path @returns {string[]} files, tests left out: nothing that is built or installed holds them */
function filesUnder(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => name !== 'node_modules' && name !== 'dist' && !/\.test(-support)?\.ts$/.test(name))
    .flatMap((name) => filesUnder(join(path, name)))
}

/** @param {string} root @param {string} name */
export function isStamped(root, name) {
  return existsSync(stampPath(root, name))
}

/** @param {string} root @param {string} name @param {string} value whether the last success had this fingerprint */
export function stampMatches(root, name, value) {
  const path = stampPath(root, name)
  return existsSync(path) && readFileSync(path, 'utf8') === value
}

/** @param {string} root @param {string} name @param {string} value */
export function writeStamp(root, name, value) {
  const path = stampPath(root, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, value)
}

/** @param {string} root @param {string} name */
function stampPath(root, name) {
  return join(root, 'node_modules/.holdfast', `${name}.stamp`)
}
