// The tenant of the operators' own sign-in: the vendor's IdP, through Gatepost itself. Its SID is
// fixed, so that no customer's tenant can become it and every rule about it is a comparison. Pure.

/** “operators” at the end, in ASCII. */
export const OPERATORS_TENANT = 'TN000000000000006f70657261746f7273' as const
