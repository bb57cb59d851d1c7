// Why the database refused a statement: a test that only sees it refuse may see another reason.
export async function refusalOf(statement: PromiseLike<unknown>): Promise<string> {
  try {
    await statement
    return 'none: it was done'
  } catch (error) {
    let cause = error as Error
    while (cause.cause instanceof Error) cause = cause.cause
    return cause.message
  }
}
