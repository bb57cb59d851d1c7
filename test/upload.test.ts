// What is uploaded: which parts of libraries are left out of it, and that nobody else gets what stands in for them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as standIn from '../src/saml/stand-ins/xmldom-entities.ts'

type Metafile = {
  inputs: Record<string, { imports: { path: string }[] }>
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>
}

const folder = mkdtempSync(join(tmpdir(), 'gatepost-upload-'))
let built: Metafile
let uploaded: string[]

beforeAll(() => {
  const metafile = join(folder, 'meta.json')
  execFileSync(
    'node_modules/.bin/wrangler',
    ['deploy', '--dry-run', '--outdir', join(folder, 'out'), '--metafile', metafile],
    { env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' } },
  )
  built = JSON.parse(readFileSync(metafile, 'utf8')) as Metafile
  uploaded = Object.values(built.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => inputs[path]!.bytesInOutput > 0),
  )
  // A busy machine is no failure.
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true }))

describe('the upload', () => {
  it.each<[string, string[]]>([
    [
      'src/saml/stand-ins/pkijs.ts',
      ['xmldsigjs/build/esm/application.js', 'xmldsigjs/build/esm/pki/x509.js'],
    ],
    [
      'src/saml/stand-ins/fast-xml-parser.ts',
      [
        'fast-xml-parser/src/xmlparser/OptionsBuilder.js',
        'fast-xml-parser/src/xmlparser/OrderedObjParser.js',
      ],
    ],
    ['src/saml/stand-ins/xmldom-entities.ts', ['@xmldom/xmldom/lib/dom-parser.js']],
    [
      'src/saml/stand-ins/x509-parts.ts',
      ['@peculiar/x509/build/x509.es.js', 'src/saml/signature/certificate.ts'],
    ],
  ])('has %s for those alone that it stands in for', (standIn, importers) => {
    expect(
      Object.entries(built.inputs)
        .filter(([, { imports }]) => imports.some(({ path }) => path === standIn))
        // From the package on, wherever packages are.
        .map(([path]) => path.replace(/^.*node_modules\//, ''))
        .toSorted(),
    ).toEqual(importers)
  })

  it.each([
    'pkijs/',
    'xpath/',
    '@nodable/entities/',
    'is-unsafe/',
    'strnum/',
    '@xmldom/xmldom/lib/entities.js',
    'tsyringe/',
    'reflect-metadata/',
    '@peculiar/asn1-cms/',
    '@peculiar/asn1-pkcs9/',
    '@peculiar/asn1-csr/',
    'zod/v4/classic/',
    'zod/v4/locales/',
  ])('has nothing of %s', (part) => {
    expect(uploaded.length).toBeGreaterThan(300)
    expect(uploaded.filter((path) => path.includes(`node_modules/${part}`))).toEqual([])
  })

  it('has the entities of XML as xmldom has them, and none of HTML', () => {
    const { XML_ENTITIES } = createRequire(import.meta.url)('@xmldom/xmldom/lib/entities.js') as {
      XML_ENTITIES: object
    }
    expect(standIn.XML_ENTITIES).toEqual({ ...XML_ENTITIES })
    expect(standIn.HTML_ENTITIES).toBe(null)
  })
})
