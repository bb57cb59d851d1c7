// A command that was not understood, or a file that was not read: exit status 2.

export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** What could have been given, one a line. */
  readonly choices: readonly string[]

  constructor(message: string, choices: readonly string[] = []) {
    super(message)
    this.choices = choices
  }
}
