// One row of a table of fields: the values a field takes, its words, its control. API schemas,
// forms, checks and histories derive from it. Plain data without zod: a login evaluates no
// validator.

export type OptionWords = {
  label: string
  hint?: string
  /** For tables and histories, where the label is too long. */
  short?: string
}

/** The rule for one URL. Local addresses are for development alone. */
export type UrlRule = {
  expected: string
  accepts: (url: string, allowLocal: boolean) => boolean
}

/**
 * Text without white space around it, of 1 to `most` characters. `isUnbroken`: without white space
 * and invisible characters in it as well, but for single spaces in text that is no URI.
 * `isColor`: `#rrggbb`.
 */
type TextShape = { kind: 'text'; most: number; isUnbroken?: true; isColor?: true }
type UrlShape = { kind: 'url'; rule: UrlRule }
type ChoiceShape<Option extends string = string> = {
  kind: 'choice'
  options: Readonly<Record<Option, OptionWords>>
}
/** A list of texts, each of at most `length` characters. */
type TextsShape = { kind: 'texts'; most: number; length: number }
/** A list of URLs, each once. */
type UrlsShape = { kind: 'urls'; rule: UrlRule; least: number; most: number }
/** Any of the options, each once or not at all. */
type ChoicesShape<Option extends string = string> = {
  kind: 'choices'
  options: Readonly<Record<Option, OptionWords>>
}
/** An object of texts, any of which may be left out. */
type PartsShape<Part extends string = string> = {
  kind: 'parts'
  parts: Readonly<Record<Part, { label: string }>>
  length: number
}

export type FieldShape = (
  | { kind: 'boolean' }
  | { kind: 'integer'; least: number; most: number }
  | TextShape
  | UrlShape
  | ChoiceShape
  | TextsShape
  | UrlsShape
  | ChoicesShape
  | PartsShape
) & { nullable?: boolean }

/** The shapes that describe the type of a column. */
export type ShapeOf<Value> = ShapeOfPresent<NonNullable<Value>> &
  (null extends Value ? { nullable: true } : { nullable?: never })

type ShapeOfPresent<Value> = [Value] extends [boolean]
  ? { kind: 'boolean' }
  : [Value] extends [number]
    ? { kind: 'integer'; least: number; most: number }
    : [Value] extends [string]
      ? string extends Value
        ? TextShape | UrlShape
        : ChoiceShape<Value>
      : [Value] extends [readonly (infer Item extends string)[]]
        ? string extends Item
          ? TextsShape | UrlsShape
          : ChoicesShape<Item>
        : PartsShape<keyof Value & string>

/**
 * How a form shows a field. `identifier`: text that is compared exactly. `lines`: one item a line.
 */
export type Control =
  | 'text'
  | 'identifier'
  | 'url'
  | 'number'
  | 'checkbox'
  | 'radios'
  | 'select'
  | 'lines'
  | 'checkboxes'
  | 'parts'

type FieldWords = {
  label: string
  /** Where `label` is too long. */
  short?: string
  /** For the person at a form. */
  hint?: string
  /** For the document of the API. */
  description: string
  example?: string
  placeholder?: string
}

type FieldRules = {
  control: Control
  required?: true
  /** The expected value in words, where the shape alone does not describe it well. */
  expected?: string
  /** The code of a refusal; without it `endpoint_url` for URLs, `input` for the rest. */
  code?: 'identifier'
}

/** A field of the type `Value`. */
export type Field<Value> = FieldWords & FieldRules & { shape: ShapeOf<Value> }

/** Any field, for code that works on all of them. */
export type AnyField = FieldWords & FieldRules & { shape: FieldShape }

export type FieldTable = Readonly<Record<string, AnyField>>

/** The words of each option of a field; undefined: it has none. */
export function optionsOf({ shape }: AnyField): Readonly<Record<string, OptionWords>> | undefined {
  return shape.kind === 'choice' || shape.kind === 'choices' ? shape.options : undefined
}
