// Who counts as one client where requests are counted: an IPv4 address, or the network of an IPv6
// one, in which a single customer of a provider has as many addresses as it likes. Pure.

/**
 * `address` is what Cloudflare says (CF-Connecting-IP); undefined: nobody says, as on a developer's
 * machine.
 */
export function clientOf(address: string | undefined): string {
  if (address === undefined) return 'nobody says'
  if (!address.includes(':') || address.includes('.')) return address
  // A leading or inner `::` stands for as many zeros as are missing of the eight groups.
  const [head = '', tail] = address.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail ? tail.split(':') : []
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after]
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${network.join(':')}::/64`
}
