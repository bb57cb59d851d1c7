// PATCH upon a draft: what IdPs write, and what comes of it.
import { describe, expect, it } from 'vitest'
import { applyPatch } from '../../src/scim/patch.ts'
import { readFields, type Draft } from '../../src/scim/resource.ts'
import { patch } from './service.ts'

function draft(): Draft {
  return {
    userName: 'ann',
    externalId: '1',
    displayName: 'Ann',
    active: true,
    name: { formatted: 'Ann Example', givenName: 'Ann', familyName: 'Example' },
    emails: [{ value: 'ann@tenant.example', type: 'work', primary: true }],
  }
}

const NOTHING = {
  userName: 'ann',
  email: 'ann@tenant.example',
  externalID: '1',
  displayName: 'Ann',
  firstName: 'Ann',
  lastName: 'Example',
  active: true,
}

type Case = [what: string, operations: object[], changes: Partial<typeof NOTHING> | object]
const work = (op: string, rest: object) => ({ op, path: 'emails[type eq "work"]', ...rest })
const email = (value: string, more: object = {}) => ({ value, ...more })

const CASES: readonly Case[] = [
  [
    'adds what is there',
    [{ op: 'Add', path: 'displayName', value: 'Anna' }],
    { displayName: 'Anna' },
  ],
  [
    'takes names in any case',
    [{ op: 'REPLACE', path: 'DISPLAYNAME', value: 'B' }],
    { displayName: 'B' },
  ],
  ['removes', [{ op: 'Remove', path: 'displayName' }], { displayName: null }],
  ['removes a part of a name', [{ op: 'remove', path: 'name.givenName' }], { firstName: null }],
  ['removes the name', [{ op: 'remove', path: 'name' }], { firstName: null, lastName: null }],
  [
    'replaces parts of the name, and leaves the others',
    [{ op: 'replace', path: 'name', value: { FAMILYNAME: 'New' } }],
    { lastName: 'New' },
  ],
  [
    'takes whole users without a path, and paths as their keys',
    [
      {
        op: 'Add',
        value: {
          name: { givenName: 'B' },
          'name.familyName': 'C',
          'emails[type eq "work"].value': 'b@x.example',
        },
      },
    ],
    { firstName: 'B', lastName: 'C', email: 'b@x.example' },
  ],
  [
    'takes the schema before a name',
    [{ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:userName', value: 'bea' }],
    { userName: 'bea' },
  ],
  [
    'replaces the address for work',
    [work('replace', { value: email('b@x.example') })],
    { email: 'b@x.example' },
  ],
  [
    'replaces the primary address, said as Entra ID says it',
    [{ op: 'Replace', path: 'emails[primary eq "True"].value', value: 'b@x.example' }],
    { email: 'b@x.example' },
  ],
  [
    'replaces the primary address, said as the RFC says it',
    [{ op: 'Replace', path: 'emails[primary eq true].value', value: 'b@x.example' }],
    { email: 'b@x.example' },
  ],
  [
    'replaces all addresses',
    [
      {
        op: 'replace',
        path: 'emails',
        value: [email('h@x.example', { type: 'home' }), email('w@x.example', { type: 'Work' })],
      },
    ],
    { email: 'w@x.example' },
  ],
  [
    'adds an address that becomes the primary one',
    [{ op: 'add', path: 'emails', value: [email('b@x.example', { primary: true })] }],
    { email: 'b@x.example' },
  ],
  [
    'forgets another address that is added, as Entra ID adds it',
    [
      { op: 'Add', path: 'emails[type eq "other"].value', value: 'b@x.example' },
      { op: 'Add', path: 'emails[type eq "home"].display', value: 'Home' },
    ],
    {},
  ],
  [
    'changes a part of an address that we do not keep',
    [work('add', { path: 'emails[type eq "work"].display', value: 'A' })],
    {},
  ],
  ['removes an address, and the userName is none', [work('remove', {})], { email: undefined }],
  [
    'removes an address that is not there',
    [{ op: 'Remove', path: 'emails[type eq "home"].value', value: 'b@x.example' }],
    {},
  ],
  [
    'forgets what we do not keep',
    [
      { op: 'Replace', path: 'addresses[type eq "work"].formatted', value: '18/2111' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1' },
      {
        op: 'Add',
        path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
        value: 'Retail',
      },
      {
        op: 'replace',
        value: { title: 'x', id: 'other', meta: {}, schemas: [], toString: 'x', constructor: 'y' },
      },
    ],
    {},
  ],
  [
    'does all of it, one after the other',
    [
      { op: 'replace', path: 'active', value: 'fAlSe' },
      { op: 'replace', path: 'active', value: true },
      { op: 'replace', value: { userName: 'b' } },
    ],
    { userName: 'b', active: true },
  ],
  ['does nothing', [], {}],
]

describe('a PATCH', () => {
  for (const [what, operations, changes] of CASES)
    it(what, () => {
      const changed = draft()
      applyPatch(changed, patch(...operations))
      expect(readFields(changed)).toEqual({ ...NOTHING, ...changes })
    })

  it('takes a body with names in any case', () => {
    const changed = draft()
    applyPatch(changed, { operations: [{ OP: 'replace', Path: 'active', Value: false }] })
    expect(readFields(changed).active).toBe(false)
  })
})
