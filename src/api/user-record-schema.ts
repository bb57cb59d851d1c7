// Records of users, and imports of files of them, as the API shows them.
import * as z from 'zod/mini'
import { CHUNK_ROWS } from '../directory/import/operations.ts'
import { IMPORT_FIELDS } from '../directory/import/columns.ts'
import { about, flag, instant, named, sid } from './engine/schema.ts'
import { vendorID } from './users.ts'

const count = z.int()
const text = z.nullable(z.string())

const RECORD = {
  email: about(z.string(), 'A plain ASCII address.', { examples: ['ann@example.com'] }),
  firstName: z.exactOptional(about(text, 'First name.')),
  lastName: z.exactOptional(about(text, 'Last name.')),
  externalID: z.exactOptional(about(z.nullable(vendorID), 'The vendor’s ID of the user.')),
  accounts: z.exactOptional(
    about(
      z.nullable(z.array(vendorID)),
      'All accounts of the user in the tenant: external IDs or SIDs.',
    ),
  ),
  suspended: z.exactOptional(about(z.nullable(z.boolean()), 'A suspended user cannot sign in.')),
}

export const record = named('UserRecord', z.strictObject(RECORD))

export const edit = named(
  'UserEdit',
  z.strictObject({
    email: z.exactOptional(
      about(z.string(), 'The new login e-mail, which the IdP must send from now on.'),
    ),
    firstName: RECORD.firstName,
    lastName: RECORD.lastName,
    externalID: z.exactOptional(about(z.nullable(vendorID), 'The vendor’s ID of the user.')),
    suspended: z.exactOptional(
      about(z.boolean(), 'A suspended user cannot sign in; open sessions stop working.'),
    ),
    hasPassword: z.exactOptional(
      about(z.boolean(), 'Whether your app has a password for the user. Set it after a reset.'),
    ),
  }),
)

export const result = about(
  z.enum(['created', 'updated', 'unchanged']),
  'What happened to the user.',
)

export const directoryImport = named(
  'Import',
  z.object({
    sid: sid('IM', 'the import'),
    tenantSid: sid('TN', 'the tenant'),
    name: about(z.string(), 'Name of the file.'),
    digest: about(text, 'SHA-256 of the file, in hexadecimal.'),
    position: about(count, 'Rows imported so far: the next chunk begins there.'),
    created: count,
    updated: count,
    unchanged: count,
    refused: count,
    createdBy: z.string(),
    createdAt: instant,
    updatedAt: instant,
    finishedAt: z.nullable(instant),
  }),
)

export const verdict = named(
  'RowVerdict',
  z.object({
    row: about(count, 'Number of the row, from 1, without the header.'),
    result: z.enum(['created', 'updated', 'unchanged', 'refused']),
    userSid: z.nullable(sid('US', 'the user')),
    code: z.exactOptional(about(z.string(), 'Why it is refused.')),
    field: z.exactOptional(z.string()),
    expected: z.exactOptional(z.string()),
    received: z.exactOptional(z.string()),
  }),
)

/** Of a CSV file. */
export const columns = z.exactOptional(
  about(
    z.array(
      z.object({
        column: about(z.string(), 'As the header has it.'),
        field: about(z.nullable(z.enum(IMPORT_FIELDS)), 'Null: the column is not imported.'),
      }),
    ),
    'Of CSV: what was read from which column.',
  ),
)

export const namedColumns = z.exactOptional(
  about(
    z.string(),
    'Of CSV: `email=E-Mail,firstName=3,accounts=` names the column of a field by header or by ' +
      'number, from 1; nothing: the field is not imported. Other fields are found by header; a ' +
      'preview finds the e-mail address by the cells.',
  ),
)

export const rows = named(
  'UserRows',
  z.strictObject({
    rows: about(
      // A malformed row is refused alone; the others are imported.
      z.array(z.unknown()),
      `1 to ${CHUNK_ROWS} records, each as in UserRecord.`,
      { minItems: 1, maxItems: CHUNK_ROWS },
    ),
  }),
)

export const from = about(
  z.pipe(
    z.transform((value) => (/^\d{1,9}$/.test(String(value)) ? Number(value) : value)),
    z.int().check(z.minimum(0)),
  ),
  'The number of rows before these: the position of the import.',
)
export const createAccounts = flag('Create unknown accounts, named after their external ID.')
