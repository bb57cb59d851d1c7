// Words for codes of requests, where the request is no sign-in: a call of the API, a form of the
// console or portal, a response to judge.
import type { ContextWords } from './entry.ts'

export const IN_API = {
  not_found: {
    title: 'There is no such route',
    remedy: 'Use a route of /api/v1/openapi.json.',
  },
  method_not_allowed: {
    title: 'This route does not accept the method',
    remedy: 'Use a method of the Allow header.',
  },
  content_type: {
    title: 'This route does not accept the media type of the body',
    remedy: 'Send one of the expected types, and name it in Content-Type.',
  },
  body_too_large: { title: 'The body is too large', remedy: 'Send a smaller body.' },
  body_incomplete: { title: 'The body ended early', remedy: 'Send the request again.' },
  plan_required: {
    title: 'Single sign-on is not part of the tenant’s plan',
    remedy: 'Set the plan of the tenant to one that includes it.',
  },
} as const satisfies Record<string, ContextWords>

const NO_PAGE = {
  title: 'Page not found',
  remedy: 'Check the address, or go to the start page.',
} as const satisfies ContextWords

export const ON_PAGES = {
  not_found: NO_PAGE,
  // A page of a thing that is gone, or is another customer’s.
  not_there: NO_PAGE,
  method_not_allowed: {
    title: 'This page does not accept this kind of request',
    remedy: 'Go to the start page, and use the buttons there.',
  },
  content_type: { title: 'The request is not a form', remedy: 'Use the form on the page.' },
  body_too_large: { title: 'The form is too large', remedy: 'Go back and send less data.' },
  body_incomplete: {
    title: 'The form did not arrive completely',
    remedy: 'The connection was interrupted or too slow. Go back and send the form again.',
  },
  not_same_site: {
    title: 'This form was sent from another site',
    remedy: 'Open the page here and try again.',
  },
  certificate_unknown: {
    title: 'The connection does not have this certificate any more',
    remedy: 'Look at the page “Certificates” again.',
  },
  plan_required: {
    title: 'Single sign-on is not part of the customer’s plan',
    remedy: {
      customer: 'Ask support to change the plan.',
      operator: 'Change the plan of the tenant first.',
    },
  },
} as const satisfies Record<string, ContextWords>

/** A captured response that somebody gives to be judged. */
export const IN_RESPONSES = {
  response_field: {
    title: 'There is no sign-in response',
    remedy: 'Give the value of the form field SAMLResponse, or the XML of the response.',
  },
  response_not_base64: {
    title: 'This is not a SAML response',
    remedy: 'Give the value of the form field SAMLResponse, whole, or the XML of the response.',
  },
  response_too_large: {
    title: 'The response is too large',
    remedy: 'The limit is 256 KiB. A sign-in refuses it too: the IdP must send fewer attributes.',
  },
  response_not_utf8: {
    title: 'The response is not XML in UTF-8',
    remedy:
      'Give the value of the form field SAMLResponse. That of a redirect, which is compressed, ' +
      'is no response of ours.',
  },
} as const satisfies Record<string, ContextWords>
