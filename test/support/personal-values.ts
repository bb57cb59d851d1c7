// What must be in no log: names, e-mails and NameIDs that are in the database. One column, `text`.
export const PERSONAL_VALUES = `WITH principals(principal) AS
    (SELECT principal FROM sessions UNION SELECT principal FROM login_codes)
  SELECT name_id AS text FROM name_ids WHERE name_id IS NOT NULL
  UNION SELECT email FROM users
  UNION SELECT principal ->> 'firstName' FROM principals
  UNION SELECT principal ->> 'lastName' FROM principals
  UNION SELECT principal ->> 'nameID' FROM principals`

/** A single letter is in every line. */
export function personalOf(rows: readonly { text: string | null }[]): string[] {
  return rows.flatMap(({ text }) => (text && text.length > 1 ? text : []))
}
