// The tenant and the connection of the synthetic login. They are fixed, so that the tables
// themselves refuse rows of them: nobody can be created there, or signed in. Pure.

/** “probe” at the end, in ASCII. */
const DIGITS = '000000000000000000000070726f6265'

export const PROBE_TENANT = `TN${DIGITS}` as const
export const PROBE_CONNECTION = `CN${DIGITS}` as const
