// The link of a support contact, which an operator or a customer has typed. Pure.

/** Undefined: it is neither an e-mail address nor an https or mailto URL. */
export function contactLink(contact: string): string | undefined {
  const text = contact.trim()
  const [local, domain, ...others] = text.split('@')
  if (local && domain && others.length === 0 && /^[^\s/:]+$/.test(text) && domain.includes('.'))
    return `mailto:${encodeURIComponent(local)}@${domain}`
  if (!URL.canParse(text)) return undefined
  const { protocol, href } = new URL(text)
  return protocol === 'https:' || protocol === 'mailto:' ? href : undefined
}
