/**
 * npm, killed, ends its shell but not what the shell ran: this process then ends itself, so that no demo, benchmark
 * or test run goes on unseen. Does not keep the process alive.
 */
export function endWithParent() {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}
