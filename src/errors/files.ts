// Errors of files of people: the IdP's user list, and imports.
import { open, type ContextWords, type ErrorEntry } from './entry.ts'

export const FILE_ERRORS = {
  file_other: open(
    400,
    'This is not a list of people',
    'Give the list as a CSV file. In the IdP, export or download the users. In Excel, save the ' +
      'sheet as “CSV UTF-8”.',
  ),
  file_row: open(
    400,
    'A row of the file is broken',
    'Nothing was saved. Correct the line, or export the list again, and give the file again.',
  ),
  file_column: open(
    400,
    'The column with the e-mail addresses is not clear',
    'Choose one of the columns: the one with the addresses by which people sign in.',
  ),
} as const satisfies Record<string, ErrorEntry>

export type FileCode = keyof typeof FILE_ERRORS | keyof typeof IN_FILES

/** Words for codes of other things that a file of people can be. */
export const IN_FILES = {
  certificate_private_key: {
    title: 'This is a private key',
    remedy: 'Never send it: treat it as leaked, and replace it in the IdP. Give the list of users.',
  },
} as const satisfies Record<string, ContextWords>
