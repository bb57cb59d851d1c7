// xmldom as the project uses it: no positions, no repairs, every warning an error.
import { DOMParser, type Document } from '@xmldom/xmldom'
import grammar from '@xmldom/xmldom/lib/grammar.js'

// xmldom 0.9 builds one and the same regular expression anew for every end tag, which was half of
// the time of a parse (measured with bench/profile.ts; xmldom issue 950 is about its speed). The
// expression has no state, so one is enough. A version that asks for other parts gets what it asks
// for.
const { reg } = grammar
let endTag: RegExp | undefined
grammar.reg = (...parts) =>
  parts.length === 4 &&
  parts[1] === grammar.QName_group &&
  parts[2] === grammar.S_OPT &&
  parts[3] === '$'
    ? (endTag ??= reg(...parts))
    : reg(...parts)

/**
 * Parses text that strict-xml.ts has passed, with line ends as they are. Throws a SyntaxError for
 * what the parser dislikes.
 */
export function parseText(text: string): Document {
  const parser = new DOMParser({
    locator: false,
    normalizeLineEndings: (source: string) => source,
    onError: (level: string, message: string) => {
      // U+FFFD is a character that XML 1.0 §2.2 allows: a name that was mangled once has it.
      if (level === 'warning' && message.startsWith('Unicode replacement character')) return
      throw new SyntaxError(`${level}: ${message}`)
    },
  })
  return parser.parseFromString(text, 'text/xml')
}
