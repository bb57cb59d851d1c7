// What a catalogue holds, and how a text is filled in. Pure.
import type { ENGLISH } from './english.ts'
import type { PersonCode } from '../errors/person.ts'

/** By the categories of Intl.PluralRules. */
export type PluralForms = { other: string } & Partial<
  Record<Exclude<Intl.LDMLPluralRule, 'other'>, string>
>

type EnglishTexts = typeof ENGLISH
export type TextKey = keyof EnglishTexts

/** The names in braces. */
type NamesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never
type FormOf<Text> = Text extends { other: infer Other } ? Other : Text

/** What a text needs, by name: nothing, or each of its placeholders. */
export type TextValues<Key extends TextKey> = {
  [Name in NamesIn<FormOf<EnglishTexts[Key]>>]: EnglishTexts[Key] extends string ? string : number
}

export type ErrorText = { title: string; remedy: string }

/** What refused a test sign-in, for a tester: administrators read the status itself. */
export const TEST_KINDS = [
  'refused_by_idp',
  'not_assigned',
  'unknown_account',
  'locked_account',
  'disabled_account',
  'wrong_password',
  'second_factor',
  'blocked_by_policy',
  'consent_missing',
  'open_too_long',
  'name_id',
] as const
export type TestKind = (typeof TEST_KINDS)[number]

/**
 * One language. `errors`: of each code that a person can meet; `refused` stands for all others.
 */
export type Catalogue = {
  texts: { [Key in TextKey]: EnglishTexts[Key] extends string ? string : PluralForms }
  errors: Readonly<Record<PersonCode | 'refused', ErrorText>>
  tests: Readonly<Record<TestKind, ErrorText>>
}

/** The pieces of a text: what is written, and the names between. */
export function piecesOf(text: string): ({ text: string } | { name: string })[] {
  return text
    .split(/\{([a-zA-Z]{1,40})\}/)
    .map((piece, at) => (at % 2 === 0 ? { text: piece } : { name: piece }))
}
