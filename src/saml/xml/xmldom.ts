// xmldom as the project uses it: no positions, no repairs, every warning an error.
import { DOMParser, type Document } from '@xmldom/xmldom'
import grammar from '@xmldom/xmldom/lib/grammar.js'

// xmldom 0.9 builds the same regular expression again for every end tag, which took half of the
// time of a parse (bench/profile.ts; see xmldom issue 950). The expression has no state, so one is
// enough. Calls with other arguments go to xmldom unchanged.
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
 * Parses text that strict-xml.ts passed, with line ends unchanged. Throws a SyntaxError for every
 * warning and error of the parser.
 */
export function parseText(text: string): Document {
  const parser = new DOMParser({
    locator: false,
    normalizeLineEndings: (source: string) => source,
    onError: (level: string, message: string) => {
      // XML 1.0 §2.2 allows U+FFFD: names that were decoded wrongly once contain it.
      if (level === 'warning' && message.startsWith('Unicode replacement character')) return
      throw new SyntaxError(`${level}: ${message}`)
    },
  })
  return parser.parseFromString(text, 'text/xml')
}
