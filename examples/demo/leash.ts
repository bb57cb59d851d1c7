// Preloaded into every process of the demo: ends it when the process that started it is gone, however that one ended.
// Asks again and again because nothing tells a process of its parent's end. Keeps nothing alive by itself.
import process from 'node:process'

const starter = process.ppid

setInterval(() => {
  if (process.ppid !== starter) process.kill(process.pid, 'SIGTERM')
}, 500).unref()
