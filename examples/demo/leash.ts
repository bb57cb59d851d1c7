// Preloaded into every process of the demo: ends it when the process that started it is gone,
// however that one ended. Polls, because nothing tells a process that its parent has ended. Keeps
// nothing alive by itself.
import process from 'node:process'

const starter = process.ppid

setInterval(() => {
  if (process.ppid !== starter) process.kill(process.pid, 'SIGTERM')
}, 500).unref()
