// Event types of Gatepost itself: its keys, its jobs, its database. Operators alone see them.
import { alarming, define } from './define.ts'

const OPERATORS = { audience: 'operator' } as const

export const SERVICE = {
  'key.adopted': define('Our key pairs moved to the database', OPERATORS),
  'key.prepared': define('Our next key pair created', OPERATORS),
  'key.rotated': define('Our key pairs rotated', OPERATORS),
  'key.retired': define('Our key pair retired', OPERATORS),
  'key.expiring': define('Our certificate expires soon', {
    ...OPERATORS,
    ...alarming('our_key'),
    data: ['fingerprint', 'notAfter', 'days'],
  }),
  'key.expired': define('Our certificate expired', {
    ...OPERATORS,
    ...alarming('our_key'),
    data: ['fingerprint', 'notAfter'],
  }),
  'key.rotation_due': define('Our key pairs are due for rotation', {
    ...OPERATORS,
    ...alarming('our_key'),
    data: ['fingerprint', 'notAfter'],
  }),
  'signing_key.created': define('Signing key created', { ...OPERATORS, data: ['signsAt'] }),
  'signing_key.deleted': define('Signing key deleted', OPERATORS),
  'sweep.fell_behind': define('Expired rows are not deleted in time', {
    ...OPERATORS,
    ...alarming('sweep_behind'),
    data: ['table', 'count'],
  }),
  'sweep.caught_up': define('Expired rows are deleted in time again', {
    ...OPERATORS,
    data: ['table'],
  }),
  'database.near_limit': define('Database is nearly full', {
    ...OPERATORS,
    ...alarming('database_nearly_full'),
    data: ['bytes', 'limitGB'],
  }),
  'job.fell_silent': define('A job does not run', {
    ...OPERATORS,
    ...alarming('job_silent'),
    data: ['job'],
  }),
  'job.ran_again': define('A job runs again', { ...OPERATORS, data: ['job'] }),
  'database.below_limit': define('Database has room again', {
    ...OPERATORS,
    data: ['bytes', 'limitGB'],
  }),
}
