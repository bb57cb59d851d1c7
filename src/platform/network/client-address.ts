// What a rate limit counts as one client: an IPv4 address, or the /64 network of an IPv6 address.
// One customer of a provider can use all addresses of such a network. Pure.

/** `address`: the header CF-Connecting-IP. Undefined in local development. */
export function clientOf(address: string | undefined): string {
  if (address === undefined) return 'unknown'
  if (!address.includes(':') || address.includes('.')) return address
  // `::` stands for the zero groups that are missing from the eight.
  const [head = '', tail] = address.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${network.join(':')}::/64`
}
