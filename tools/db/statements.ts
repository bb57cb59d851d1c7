// SQL as text: its statements, its words, and what a statement creates. Knows SQLite's quotes,
// comments and triggers.

export type ObjectKind = 'table' | 'index' | 'trigger' | 'view'

export type SchemaObject = {
  kind: ObjectKind
  name: string
  /** The CREATE statement, without a semicolon. */
  sql: string
}

/**
 * Strings, quoted names, comments, words and numbers, white space, and any other single character.
 */
const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|--[^\n]*|\/\*[\s\S]*?\*\/|[\p{L}\p{N}_$]+|\s+|./gsu

const isBlank = (token: string) => /^(?:\s|--|\/\*)/.test(token)

/** The statements in order, without semicolons and without the comments around them. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = []
  let current: string[] = []
  // BEGIN and CASE end with END: semicolons between them belong to the statement.
  let depth = 0
  const close = () => {
    while (current.length > 0 && isBlank(current.at(-1)!)) current.pop()
    if (current.length > 0) statements.push(current.join(''))
    current = []
  }
  for (const [token] of sql.matchAll(TOKEN)) {
    if (current.length === 0 && isBlank(token)) continue
    if (/^(?:begin|case)$/i.test(token)) depth += 1
    if (/^end$/i.test(token)) depth -= 1
    if (token === ';' && depth === 0) close()
    else current.push(token)
  }
  close()
  return statements
}

/**
 * The words of a statement without quotes, comments and layout, in lower case; strings stay as they
 * are.
 */
export function wordsOf(sql: string): string[] {
  return [...sql.matchAll(TOKEN)]
    .map(([token]) => token)
    .filter((token) => !isBlank(token))
    .map((token) =>
      token.startsWith("'") ? token : token.replace(/^["`](.*)["`]$/s, '$1').toLowerCase(),
    )
}

/**
 * Two statements that mean the same have the same normal form, whatever their quotes and layout.
 */
export function normalize(sql: string): string {
  return wordsOf(sql).join(' ')
}

/** True where the statement names the table or view. A string that reads the same is no name. */
export function names(sql: string, name: string): boolean {
  return wordsOf(sql).includes(name.toLowerCase())
}

/** What a CREATE statement creates, or undefined for any other statement. */
export function createdBy(sql: string): SchemaObject | undefined {
  const [create, ...rest] = wordsOf(sql)
  if (create !== 'create') return undefined
  const words = rest.filter((word) => !['unique', 'if', 'not', 'exists'].includes(word))
  const [kind, name] = words
  return /^(?:table|index|trigger|view)$/.test(kind ?? '') && name !== undefined
    ? { kind: kind as ObjectKind, name, sql }
    : undefined
}

/** `WITHOUT ROWID` and `STRICT` of a CREATE TABLE: drizzle cannot declare them. */
export function tableOptions(createTable: string): string {
  return /\)\s*((?:without\s+rowid|strict|\s|,)*)$/i.exec(createTable)?.[1]?.trim() ?? ''
}

/** The same table with these options. */
export function withTableOptions(createTable: string, options: string): string {
  const bare = createTable.slice(0, createTable.length - tableOptions(createTable).length).trimEnd()
  return options === '' ? bare : `${bare} ${options}`
}
