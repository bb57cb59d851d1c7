// Says that a command could not be understood, or a file not read: one line, exit status 2.

export class UsageError extends Error {
  override readonly name = 'UsageError'
}
