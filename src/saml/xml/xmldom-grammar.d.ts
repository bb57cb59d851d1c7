// The part of xmldom's grammar that xmldom.ts takes hold of: the package declares none of it.
declare module '@xmldom/xmldom/lib/grammar.js' {
  const grammar: {
    reg: (...parts: (RegExp | string)[]) => RegExp
    QName_group: RegExp
    S_OPT: RegExp
  }
  export default grammar
}
