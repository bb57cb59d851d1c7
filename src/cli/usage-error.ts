// A command that was not understood, or a file that was not read: exit status 2.

export class UsageError extends Error {
  override readonly name = 'UsageError'
}
