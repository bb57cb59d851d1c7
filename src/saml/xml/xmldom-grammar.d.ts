// The part of xmldom’s grammar that xmldom.ts replaces. The package does not declare it.
declare module '@xmldom/xmldom/lib/grammar.js' {
  const grammar: {
    reg: (...parts: (RegExp | string)[]) => RegExp
    QName_group: RegExp
    S_OPT: RegExp
  }
  export default grammar
}
