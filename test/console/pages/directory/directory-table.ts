// The routes of a tenant's directory, with what a browser sends to each: those of domains are in
// console and portal.
import type { Row } from '../../operator/connection-table.ts'

const look: Row = { need: 'look', status: 200 }
const operate: Row = { need: 'operate', status: 200 }

const CONTACT = {
  role: 'technical',
  name: 'Ann',
  email: 'ann@customer.example',
  wanted: 'digest',
}

/** The DNS of tests is empty: actors who may look are told so. */
export const DOMAIN_ROUTES: Readonly<Record<string, Row>> = {
  'GET /domains': look,
  'POST /domains': { need: 'configure', status: 303, form: { domain: 'another.example' } },
  'POST /domains/:domain/check': { need: 'configure', status: 409, form: {} },
  'POST /domains/:domain/vouch': { need: 'operate', status: 303, form: { reason: 'contract' } },
  'POST /domains/:domain/lead': { need: 'operate', status: 303, form: { connectionSid: '' } },
  'POST /domains/:domain/remove': { need: 'configure', status: 303, form: {} },
  'GET /contacts': look,
  'POST /contacts': {
    need: 'configure',
    status: 303,
    form: CONTACT,
  },
  'GET /contacts/:contact': { need: 'configure', status: 200 },
  'POST /contacts/:contact': { need: 'configure', status: 303, form: CONTACT },
  'POST /contacts/:contact/remove': { need: 'configure', status: 303, form: {} },
}

export const DIRECTORY_ROUTES: Readonly<Record<string, Row>> = {
  ...DOMAIN_ROUTES,
  'GET /users': operate,
  'POST /users': { need: 'operate', status: 303, form: { email: 'NEW' } },
  'GET /users/:user': operate,
  'POST /users/:user': { need: 'operate', status: 303, form: { email: 'EMAIL' } },
  'POST /users/:user/suspension': { need: 'operate', status: 303, form: { suspended: 'true' } },
  'POST /users/:user/password': { need: 'operate', status: 303, form: {} },
  'POST /users/:user/exception': {
    need: 'operate',
    status: 303,
    form: { reason: 'contractor', expiresInDays: '90' },
  },
  'POST /users/:user/exception/end': { need: 'operate', status: 404, form: {} },
  'POST /users/:user/sessions/revoke': { need: 'operate', status: 303, form: {} },
  'POST /users/:user/sessions/:session/revoke': { need: 'operate', status: 303, form: {} },
  'POST /users/:user/accounts': { need: 'operate', status: 303, form: { accounts: '' } },
  'GET /address-claims': operate,
  'POST /address-claims/:claim/accept': { need: 'operate', status: 404, form: {} },
  'POST /address-claims/:claim/decline': { need: 'operate', status: 404, form: {} },
  'GET /accounts': operate,
  'POST /accounts': { need: 'operate', status: 303, form: { name: 'South' } },
  'GET /accounts/:account': operate,
  'POST /accounts/:account': { need: 'operate', status: 303, form: { name: 'North 2' } },
  'GET /imports': operate,
  'GET /imports/template.csv': operate,
  // Without a file, for actors who may.
  'POST /imports': { need: 'operate', status: 400, form: {}, multipart: true },
}
