// The documents of the repository: which there are, what they link to, which pictures they show.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export type Document = { path: string; text: string }

const PICTURES = 'docs/screens/'

/** Every Markdown file that belongs to the repository. */
export function readDocuments(): Document[] {
  return globSync(['*.md', '.github/**/*.md', '{bench,docs,examples,migrations,src,test}/**/*.md'])
    .filter((path) => !/node_modules|\.wrangler/.test(path))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}

/** The text without blocks and spans of code, which may hold anything. */
export function proseOf(text: string): string {
  return text.replaceAll(/^( *)(```|~~~).*?^ *\2/gms, '').replaceAll(/`[^`\n]*`/g, '')
}

/** What links and pictures point to, as written: `../x.md#part`. */
export function linksOf({ text }: Document): string[] {
  const inline = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
  return inline.filter((target) => !/^[a-z]+:/.test(target))
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replaceAll(/^( *)(```|~~~).*?^ *\2/gms, '').matchAll(/^#{1,6} +(.+)$/gm)
  const seen = new Map<string, number>()
  return new Set(
    [...headings].map(([, heading]) => {
      const anchor = heading!
        .trim()
        .toLowerCase()
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-')
      const count = seen.get(anchor) ?? 0
      seen.set(anchor, count + 1)
      return count === 0 ? anchor : `${anchor}-${count}`
    }),
  )
}

/** Why a link leads nowhere; undefined if it does not. */
export function whyDead(document: Document, link: string): string | undefined {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? document.path : normalize(join(dirname(document.path), path))
  if (!existsSync(target)) return `${document.path}: ${link}: no such file`
  if (anchor === undefined) return undefined
  const text = target === document.path ? document.text : readFileSync(target, 'utf8')
  return anchorsOf(text).has(anchor) ? undefined : `${document.path}: ${link}: no such heading`
}

/**
 * The names of the pictures in docs/screens that a document shows: `setup-room` for
 * setup-room.webp.
 */
export function shownPictures(): Set<string> {
  const targets = readDocuments().flatMap((document) =>
    linksOf(document).map((link) => normalize(join(dirname(document.path), link))),
  )
  return new Set(
    targets
      .filter((target) => target.startsWith(PICTURES) && target.endsWith('.webp'))
      .map((target) => target.slice(PICTURES.length, -'.webp'.length)),
  )
}
