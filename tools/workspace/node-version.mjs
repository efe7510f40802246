/**
 * The oldest Node that Holdfast supports is 20.19: the first in which CommonJS may load every dependency.
 * @param {string} version as in `process.versions.node`
 * @returns {string | null} one line for the person at the terminal, or null when this Node will do
 */
export function complainAboutNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return null
  return `Node 20.19 or newer is needed, this is Node ${version}`
}
