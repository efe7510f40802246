import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Lets one process at a time install and build; a second one waits. A lock whose owner is gone is taken over.
 * @param {string} root @param {() => Promise<void>} work
 */
export async function withLock(root, work) {
  const path = join(root, 'node_modules/.holdfast/lock')
  mkdirSync(dirname(path), { recursive: true })
  for (let told = false; !take(path); told = true) {
    if (!told) process.stderr.write('holdfast: waiting for another install or build in this folder\n')
    await pause(200)
  }
  try {
    await work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** @param {string} path @returns {boolean} whether the lock is ours now */
function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  if (!ownerIsGone(path)) return false
  rmSync(path, { force: true })
  return false
}

/** @param {string} path */
function ownerIsGone(path) {
  try {
    const owner = Number(readFileSync(path, 'utf8'))
    // Empty: taken, its owner has not yet written who it is.
    if (owner === 0) return false
    process.kill(owner, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
