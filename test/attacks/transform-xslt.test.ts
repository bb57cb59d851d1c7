// A signed transform that is a program: XSLT.
import { before } from '../support/xml-text.ts'
import { attack } from './harness.ts'

const stylesheet =
  '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">' +
  '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">' +
  '<xsl:template match="/"></xsl:template></xsl:stylesheet></ds:Transform>'

attack('transform-xslt', {
  message: ({ respond }) =>
    respond({
      signature: { editSignedInfo: (text) => before(text, 'ds:Transform', stylesheet) },
    }),
  code: 'signature_transform',
})
