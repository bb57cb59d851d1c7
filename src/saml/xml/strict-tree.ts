// The tree that the strict reader builds, and single facts of it. Nothing in it is trusted: claims
// are read from the second reader's tree (xml-tree.ts).

/** A namespace declaration as it stands in a start tag; `prefix` is empty for `xmlns`. */
export type NamespaceDeclaration = { readonly prefix: string; readonly uri: string }

/** An attribute that declares no namespace. */
export type StrictAttribute = {
  /** As written, with its prefix. */
  readonly qualifiedName: string
  readonly prefix: string
  readonly localName: string
  /** Empty without a prefix. */
  readonly namespace: string
  readonly value: string
}

export type StrictElement = {
  /** As written, with its prefix. */
  readonly qualifiedName: string
  readonly prefix: string
  readonly localName: string
  readonly namespace: string
  readonly declarations: readonly NamespaceDeclaration[]
  readonly attributes: readonly StrictAttribute[]
  /** Adjacent text is one string; empty text does not occur. */
  readonly children: readonly (StrictElement | string)[]
  readonly parent: StrictElement | undefined
}

export function isNamed(element: StrictElement, namespace: string, name: string): boolean {
  return element.localName === name && element.namespace === namespace
}

export function childElements(parent: StrictElement): StrictElement[] {
  const found: StrictElement[] = []
  for (const child of parent.children) if (typeof child !== 'string') found.push(child)
  return found
}

export function childrenNamed(
  parent: StrictElement,
  namespace: string,
  name: string,
): StrictElement[] {
  return childElements(parent).filter((child) => isNamed(child, namespace, name))
}

/** True where the element holds text other than white space directly. */
export function hasText(parent: StrictElement): boolean {
  for (const child of parent.children)
    if (typeof child === 'string' && /[^ \t\r\n]/.test(child)) return true
  return false
}

/** The text of an element that has no child elements; undefined where it has. */
export function leafText({ children }: StrictElement): string | undefined {
  const [first] = children
  if (first === undefined) return ''
  return children.length === 1 && typeof first === 'string' ? first : undefined
}

/** The value of an attribute without a prefix, or undefined where it is absent. */
export function attributeOf(element: StrictElement, name: string): string | undefined {
  for (const attribute of element.attributes)
    if (attribute.qualifiedName === name) return attribute.value
  return undefined
}

/** `{namespace}name`, since a prefix would mislead: for refusals. */
export function describe(element: StrictElement): string {
  return `{${element.namespace}}${element.localName}`
}

/** The element and everything below it, in document order. */
export function* descendants(root: StrictElement): Generator<StrictElement> {
  yield root
  for (const child of root.children) if (typeof child !== 'string') yield* descendants(child)
}
