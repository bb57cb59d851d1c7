// Warnings about certificates, metadata, URLs and domains, with the steps of the customer's IdP.
// Pure.
import {
  dayOf,
  greeting,
  helpBlocks,
  openBlocks,
  placeOf,
  template,
  type TemplateContext,
} from './template.ts'

const certificateSteps = ({ connection, receiver }: TemplateContext): string[] => {
  const idp = connection?.idp
  const whose = receiver.role === 'operator' ? 'The customer creates' : 'Create'
  return [
    `${whose} a new signing certificate at the IdP.` +
      (idp?.certificate ? ` In ${idp.name}: ${idp.certificate}.` : ''),
    'Add it on the page “Certificates” while the old one still works.',
    'Let the IdP sign with the new one, sign in once, and remove the old one.',
  ]
}

export const CERTIFICATE_EXPIRING = template<{ notAfter: number; days: number }>({
  name: 'Certificate expires',
  kind: 'warnings',
  exampleFor: 'technical',
  example: { notAfter: Date.UTC(2027, 2, 17), days: 14 },
  write({ notAfter, days }, at) {
    const isOver = days <= 0
    const when = isOver ? 'has expired' : `expires in ${days === 1 ? '1 day' : `${days} days`}`
    return {
      subject: `Certificate ${when}: ${placeOf(at)}`,
      title: `A signing certificate ${when}`,
      blocks: [
        greeting(at),
        {
          p:
            `A signing certificate of your identity provider for ${placeOf(at)} ` +
            `${isOver ? 'expired' : 'expires'} on ${dayOf(notAfter)} (UTC). ` +
            'People cannot sign in with an IdP whose only certificate has expired.',
        },
        { heading: 'What to do' },
        { list: certificateSteps(at) },
        ...openBlocks(at, '/certificates'),
        ...helpBlocks(at),
      ],
    }
  },
})

export const CERTIFICATE_WAITS = template<Record<never, never>>({
  name: 'New certificate found',
  kind: 'warnings',
  exampleFor: 'technical',
  example: {},
  write(_, at) {
    return {
      subject: `New certificate in the metadata: ${placeOf(at)}`,
      title: 'Your metadata has a new certificate',
      blocks: [
        greeting(at),
        {
          p:
            `The metadata of your identity provider for ${placeOf(at)} has a certificate that is ` +
            'not trusted yet. Logins signed with its key are refused until somebody trusts it.',
        },
        {
          list: [
            'Check whether your administrators have added the certificate.',
            'Compare its fingerprint on the page “Certificates” with the one at your IdP.',
            'Trust it, or refuse it.',
          ],
        },
        ...openBlocks(at, '/certificates'),
        ...helpBlocks(at),
      ],
    }
  },
})

export const METADATA_FAILING = template<Record<never, never>>({
  name: 'Metadata cannot be read',
  kind: 'warnings',
  exampleFor: 'technical',
  example: {},
  write(_, at) {
    const idp = at.connection?.idp
    return {
      subject: `Metadata cannot be read: ${placeOf(at)}`,
      title: 'The metadata of your IdP cannot be read',
      blocks: [
        greeting(at),
        {
          p:
            `The metadata URL of ${placeOf(at)} cannot be read. People still sign in with the ` +
            'saved settings. A new certificate of the IdP would not be noticed.',
        },
        {
          list: [
            'Open the metadata URL in a browser outside your network. It must answer with XML.',
            'If the URL has changed, enter the new one in the portal.' +
              (idp?.metadata ? ` In ${idp.name}: ${idp.metadata}.` : ''),
          ],
        },
        ...openBlocks(at, '/settings'),
        ...helpBlocks(at),
      ],
    }
  },
})

export const METADATA_BACK = template<Record<never, never>>({
  name: 'Metadata can be read again',
  kind: 'results',
  exampleFor: 'technical',
  example: {},
  write(_, at) {
    return {
      subject: `Metadata can be read again: ${placeOf(at)}`,
      title: 'The metadata of your IdP can be read again',
      blocks: [
        greeting(at),
        { p: `The metadata URL of ${placeOf(at)} answers again. You need not do anything.` },
      ],
    }
  },
})

export const METADATA_CHANGED = template<Record<never, never>>({
  name: 'Metadata changed',
  kind: 'warnings',
  exampleFor: 'technical',
  example: {},
  write(_, at) {
    return {
      subject: `Metadata changed: ${placeOf(at)}`,
      title: 'The metadata of your IdP differs from the settings',
      blocks: [
        greeting(at),
        {
          p:
            `The metadata of your identity provider for ${placeOf(at)} says something else than ` +
            'the saved settings. Nothing was changed.',
        },
        { p: 'Compare both in the portal, and take over what is right.' },
        ...openBlocks(at, '/settings'),
        ...helpBlocks(at),
      ],
    }
  },
})

export const DOMAIN_RECORD_LOST = template<{ domain: string }>({
  name: 'Domain record missing',
  kind: 'warnings',
  exampleFor: 'technical',
  example: { domain: 'example.com' },
  write({ domain }, at) {
    return {
      subject: `DNS record missing: ${domain}`,
      title: `The DNS record of ${domain} is missing`,
      blocks: [
        greeting(at),
        {
          p:
            `The TXT record that proves ${domain} is no longer in DNS. The domain stays verified ` +
            'for now. Put the record back: the portal shows its name and value.',
        },
        ...openBlocks(at, '/domains'),
        ...helpBlocks(at),
      ],
    }
  },
})

export const URL_UNREACHABLE = template<Record<never, never>>({
  name: 'URL of the IdP does not answer',
  kind: 'warnings',
  exampleFor: 'technical',
  example: {},
  write(_, at) {
    return {
      subject: `IdP does not answer: ${placeOf(at)}`,
      title: 'A URL of your IdP does not answer',
      blocks: [
        greeting(at),
        {
          p:
            `A URL of your identity provider for ${placeOf(at)} does not answer from the public ` +
            'internet. People may not be able to sign in.',
        },
        { p: 'Open the SSO URL in a browser outside your network. Correct it if it has changed.' },
        ...openBlocks(at, '/settings'),
        ...helpBlocks(at),
      ],
    }
  },
})
