// Tells addresses of the public internet from others (IANA special-purpose registries, RFC 6890 and
// its successors). Pure.

type Block = { width: 32 | 128; value: bigint; length: number }

/** IPv4 blocks that are not globally reachable, or reach no single host. */
const SPECIAL_V4 = [
  '0.0.0.0/8', // this network (RFC 791 §3.2)
  '10.0.0.0/8', // private (RFC 1918)
  '100.64.0.0/10', // shared by carrier-grade NAT (RFC 6598)
  '127.0.0.0/8', // loopback (RFC 1122 §3.2.1.3)
  '169.254.0.0/16', // link-local, and with it the metadata services of clouds (RFC 3927)
  '172.16.0.0/12', // private (RFC 1918)
  '192.0.0.0/24', // protocol assignments (RFC 6890 §2.1)
  '192.0.2.0/24', // documentation (RFC 5737)
  '192.88.99.0/24', // 6to4 relays, withdrawn (RFC 7526)
  '192.168.0.0/16', // private (RFC 1918)
  '198.18.0.0/15', // benchmarks (RFC 2544)
  '198.51.100.0/24', // documentation (RFC 5737)
  '203.0.113.0/24', // documentation (RFC 5737)
  '224.0.0.0/4', // multicast (RFC 5771)
  '240.0.0.0/4', // reserved, and the broadcast address (RFC 1112 §4, RFC 8190)
].map(parseBlock)

/**
 * The only IPv6 unicast space that IANA has allocated. Outside it are the unspecified address,
 * loopback, IPv4-compatible and -translated addresses, local NAT64 (64:ff9b:1::/48), discard
 * (100::/64), segment routing (5f00::/16), unique local (fc00::/7), link-local (fe80::/10),
 * site-local (fec0::/10) and multicast (ff00::/8).
 */
const GLOBAL_UNICAST = parseBlock('2000::/3')

/** The blocks within it that contain no hosts. */
const SPECIAL_V6 = [
  '2001::/23', // protocol assignments: benchmarks, ORCHID, anycast services (RFC 2928)
  '2001:db8::/32', // documentation (RFC 3849)
  '3fff::/20', // documentation (RFC 9637)
].map(parseBlock)

const MAPPED = parseBlock('::ffff:0:0/96') // RFC 4291 §2.5.5.2
const NAT64 = parseBlock('64:ff9b::/96') // RFC 6052 §2.1
const SIX_TO_FOUR = parseBlock('2002::/16') // RFC 3056 §2
const TEREDO = parseBlock('2001::/32') // RFC 4380 §4

const LOOPBACK = ['127.0.0.0/8', '::1/128'].map(parseBlock)

/**
 * Names of one machine, home or company, never of the public DNS: RFC 6761 §6.3, RFC 6762 with its
 * appendix G, RFC 8375, and `internal`, which ICANN has reserved.
 */
const PRIVATE_SUFFIXES = [
  'localhost',
  'local',
  'internal',
  'home.arpa',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
]

/**
 * True for an IPv4 or IPv6 literal (without brackets) that anyone on the internet may reach. False
 * for special-purpose addresses, and for text that is not an address. An IPv6 address that contains
 * an IPv4 address counts as that one.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address)
  if (!parsed) return false
  if (parsed.width === 32) return isPublicV4(parsed.value)
  const embedded = embeddedV4(parsed)
  if (embedded) return embedded.every(isPublicV4)
  return isIn(parsed, GLOBAL_UNICAST) && !SPECIAL_V6.some((block) => isIn(parsed, block))
}

/** True for an IPv4 or IPv6 literal of this machine itself. */
export function isLoopbackAddress(address: string): boolean {
  const parsed = parseAddress(address)
  return parsed !== undefined && LOOPBACK.some((block) => isIn(parsed, block))
}

/**
 * The address in a URL’s hostname, without brackets. Undefined for a name. `hostname` must come
 * from `new URL()`, which writes every IPv4 notation (octal, hexadecimal, one number) as four
 * decimals (WHATWG URL §3.5).
 */
export function literalAddress(hostname: string): string | undefined {
  const bare = /^\[.*\]$/.test(hostname) ? hostname.slice(1, -1) : hostname
  return parseAddress(bare) ? bare : undefined
}

/**
 * True for a hostname that cannot be of the public DNS: a single label, an empty one, or a suffix
 * that is reserved.
 */
export function isPrivateName(hostname: string): boolean {
  const labels = withoutRoot(hostname).split('.')
  if (labels.length < 2 || labels.includes('')) return true
  return PRIVATE_SUFFIXES.some((suffix) => hasSuffix(hostname, suffix))
}

/** True for `localhost` and the names below it (RFC 6761 §6.3). */
export function isLoopbackName(hostname: string): boolean {
  return hasSuffix(hostname, 'localhost')
}

function hasSuffix(hostname: string, suffix: string): boolean {
  return `.${withoutRoot(hostname).toLowerCase()}`.endsWith(`.${suffix}`)
}

function withoutRoot(hostname: string): string {
  return hostname.replace(/\.$/, '')
}

function isPublicV4(value: bigint): boolean {
  return !SPECIAL_V4.some((block) => isIn({ width: 32, value }, block))
}

/** The IPv4 addresses to which a packet for the IPv6 address may go. */
function embeddedV4(address: Pick<Block, 'width' | 'value'>): bigint[] | undefined {
  const cut = (shift: bigint) => (address.value >> shift) & 0xffff_ffffn
  if (isIn(address, MAPPED) || isIn(address, NAT64)) return [cut(0n)]
  if (isIn(address, SIX_TO_FOUR)) return [cut(80n)]
  // The Teredo server, and the client, whose bits are inverted.
  if (isIn(address, TEREDO)) return [cut(64n), cut(0n) ^ 0xffff_ffffn]
  return undefined
}

function isIn(address: Pick<Block, 'width' | 'value'>, block: Block): boolean {
  const shift = BigInt(block.width - block.length)
  return address.width === block.width && address.value >> shift === block.value >> shift
}

function parseBlock(text: string): Block {
  const [address, length] = text.split('/')
  return { ...parseAddress(address!)!, length: Number(length) }
}

function parseAddress(text: string): Pick<Block, 'width' | 'value'> | undefined {
  if (!text.includes(':')) {
    const parts = text.split('.')
    // No leading zeros: some readers take them for octal.
    const isDotted = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))
    if (!isDotted || parts.some((part) => Number(part) > 255)) return undefined
    return { width: 32, value: join(parts.map(Number), 8n) }
  }
  // The URL parser knows every notation of RFC 4291 §2.2 and writes them as one. It takes no zone:
  // neither do we.
  const url = `http://[${text}]/`
  if (!/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(url)) return undefined
  const [head, tail] = new URL(url).hostname.slice(1, -1).split('::').map(readGroups)
  const zeros = Array<number>(8 - head!.length - (tail?.length ?? 0)).fill(0)
  return { width: 128, value: join([...head!, ...zeros, ...(tail ?? [])], 16n) }
}

function readGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function join(parts: number[], bits: bigint): bigint {
  return parts.reduce((value, part) => (value << bits) | BigInt(part), 0n)
}
