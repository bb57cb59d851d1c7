// Domains that are nobody's alone. Not the proof, which is DNS, but a guard against a slip of
// operators who vouch for a domain: a list that names everybody at a mail service would sweep up
// strangers. Short on purpose: the Public Suffix List is larger than this Worker, and no registry
// publishes a customer's record.

/** Under the top-level domain of a country: what companies are registered below. */
const REGISTRY_LABEL =
  /^(?:ac|co|com|edu|go|gob|gouv|gov|govt|ltd|mil|ne|net|or|org|plc|sch)\.[a-z]{2}$/

/** Mail services that anybody may sign up for. */
const MAIL_SERVICES: ReadonlySet<string> = new Set([
  '126.com',
  '163.com',
  'aol.com',
  'fastmail.com',
  'free.fr',
  'freenet.de',
  'gmail.com',
  'gmx.at',
  'gmx.ch',
  'gmx.com',
  'gmx.de',
  'gmx.net',
  'googlemail.com',
  'hey.com',
  'hotmail.com',
  'hotmail.co.uk',
  'hotmail.de',
  'hotmail.fr',
  'icloud.com',
  'laposte.net',
  'libero.it',
  'live.com',
  'mac.com',
  'mail.com',
  'mail.ru',
  'me.com',
  'msn.com',
  'naver.com',
  'orange.fr',
  'outlook.com',
  'outlook.de',
  'pm.me',
  'proton.me',
  'protonmail.com',
  'qq.com',
  'rediffmail.com',
  't-online.de',
  'tutanota.com',
  'uol.com.br',
  'wanadoo.fr',
  'web.de',
  'wp.pl',
  'yahoo.co.jp',
  'yahoo.co.uk',
  'yahoo.com',
  'yahoo.de',
  'yahoo.fr',
  'yandex.com',
  'yandex.ru',
  'ymail.com',
  'zoho.com',
])

export function isSharedDomain(domain: string): boolean {
  return MAIL_SERVICES.has(domain) || REGISTRY_LABEL.test(domain)
}
