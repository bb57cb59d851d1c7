// LemonLDAP::NG of Debian under starman, configured by files, with its people in SQLite.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { start, waitFor } from '../../e2e/harness/processes.ts'
import { DEBIAN, debianVersion } from '../debian.ts'
import type { Idp, Order, Provider } from '../idp.ts'

const SHARE = '/usr/share/lemonldap-ng'
const ATTRIBUTES = ['mail', 'givenName', 'sn', 'uid']

export const lemonLDAP: Idp = {
  name: 'LemonLDAP::NG',
  debian: DEBIAN['LemonLDAP::NG'],
  version: () => debianVersion('lemonldap-ng')!,
  cannot({ sign, encrypt, algorithm }) {
    if (!algorithm.startsWith('rsa-sha')) return 'it signs with RSA PKCS#1 v1.5 alone'
    if (sign === 'response') return 'it signs the Assertion always'
    if (encrypt !== 'none' && encrypt !== 'aes128-cbc') return 'it encrypts with AES-128-CBC alone'
    return undefined
  },
  authenticatedBy: 'Password',
  checks: ['redirect', 'post'],
  cannotCancel: 'its form has no such button',
  enter: ({ username, password }) => ({ user: username, password }),
  async start(order) {
    const { root, folder, port, providers } = order
    const base = `http://127.0.0.1:${port}`
    for (const name of ['conf', 'lib', 'sessions/lock', 'psessions/lock'])
      mkdirSync(`${folder}/${name}`, { recursive: true })
    writePeople(order)
    writeFileSync(`${folder}/conf/lmConf-1.json`, JSON.stringify(configuration(order, base)))
    writeFileSync(`${folder}/lemonldap-ng.ini`, mainSettings(folder))
    writeFileSync(`${folder}/app.psgi`, APPLICATION)
    writeFileSync(`${folder}/lib/NoCaptcha.pm`, NO_CAPTCHA)
    const started = start({
      folder,
      cwd: root,
      command: 'starman',
      arguments: ['--listen', `127.0.0.1:${port}`, '--workers', '2', `${folder}/app.psgi`],
      environment: {
        PERL5LIB: `${folder}/lib`,
        LLNG_DEFAULTCONFFILE: `${folder}/lemonldap-ng.ini`,
      },
    })
    await waitFor(`${base}/saml/metadata`, started)
    return {
      metadataURL: `${base}/saml/metadata`,
      unsolicitedURL: (provider) =>
        `${base}/saml/singleSignOn?IDPInitiated=1&spConfKey=${keyOf(providers, provider)}`,
      stop: started.stop,
    }
  },
}

const keyOf = (providers: readonly Provider[], provider: Provider) =>
  `sp${providers.findIndex(({ entityID }) => entityID === provider.entityID)}`

function writePeople({ folder, people }: Order): void {
  const database = new DatabaseSync(`${folder}/people.sqlite`)
  database.exec('CREATE TABLE people (uid, password, mail, givenName, sn)')
  const insert = database.prepare('INSERT INTO people VALUES (?, ?, ?, ?, ?)')
  for (const { username, password, mail, givenName, sn } of people)
    insert.run(username, password, mail, givenName, sn)
  database.close()
}

/** Its portal demands a captcha module, and the one that it brings needs ImageMagick. */
const NO_CAPTCHA = `package NoCaptcha;
use Mouse;
extends 'Lemonldap::NG::Portal::Main::Plugin';
sub init { 1 }
1;
`

/** Cookies for this host alone: browsers refuse a Domain that is an IP address. */
const APPLICATION = `use Plack::Builder;
use Lemonldap::NG::Portal::Main;
builder {
    enable sub {
        my $app = shift;
        sub { my $res = $app->(@_); s/ domain=[^;]+;//i for @{ $res->[1] }; $res };
    };
    Lemonldap::NG::Portal::Main->run( {} );
};
`

const mainSettings = (folder: string) => `[all]
logLevel = warn
[configuration]
type = File
dirName = ${folder}/conf
[portal]
staticPrefix = /static
templateDir = ${SHARE}/portal/templates
languages = en
`

function configuration({ folder, key, certificate, providers }: Order, base: string) {
  const store = (name: string) => ({
    Directory: `${folder}/${name}`,
    LockDirectory: `${folder}/${name}/lock`,
    generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
  })
  const forEach = (make: (provider: Provider) => object) =>
    Object.fromEntries(providers.map((one) => [keyOf(providers, one), make(one)]))
  return {
    cfgNum: 1,
    cfgAuthor: 'test',
    cfgDate: '1',
    cfgVersion: '2.16.1',
    key: 'only this run knows sessions of it',
    portal: `${base}/`,
    domain: '127.0.0.1',
    cookieName: 'lemonldap',
    securedCookie: 0,
    sameSite: 'Lax',
    timeout: 72_000,
    authentication: 'DBI',
    userDB: 'Same',
    passwordDB: 'Null',
    registerDB: 'Null',
    dbiAuthChain: `dbi:SQLite:dbname=${folder}/people.sqlite`,
    dbiAuthTable: 'people',
    dbiAuthLoginCol: 'uid',
    dbiAuthPasswordCol: 'password',
    dbiExportedVars: Object.fromEntries(ATTRIBUTES.map((name) => [name, name])),
    exportedVars: {},
    groups: {},
    macros: { _whatToTrace: 'lc($_user)' },
    whatToTrace: '_whatToTrace',
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: store('sessions'),
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: store('psessions'),
    locationRules: { '127.0.0.1': { default: 'accept' } },
    exportedHeaders: {},
    applicationList: {},
    loginHistoryEnabled: 0,
    captcha: 'NoCaptcha',
    captcha_mail_enabled: 0,
    captcha_register_enabled: 0,
    bruteForceProtection: 0,
    requireToken: 0,
    portalSkin: 'bootstrap',
    issuerDBSAMLActivation: 1,
    issuerDBSAMLPath: '^/saml/',
    issuerDBSAMLRule: 1,
    samlServicePrivateKeySig: readFileSync(key, 'utf8'),
    samlServicePublicKeySig: readFileSync(certificate, 'utf8'),
    samlServiceUseCertificateInResponse: 1,
    samlServiceSignatureMethod: 'RSA_SHA256',
    samlIDPSSODescriptorWantAuthnRequestsSigned: 1,
    samlSPMetaDataXML: forEach(({ metadata }) => ({
      samlSPMetaDataXML: readFileSync(metadata, 'utf8'),
    })),
    samlSPMetaDataOptions: forEach(({ setting: { sign, encrypt, algorithm } }) => ({
      samlSPMetaDataOptionsSignSSOMessage: sign === 'assertion' ? 0 : 1,
      samlSPMetaDataOptionsCheckSSOMessageSignature: 1,
      samlSPMetaDataOptionsEncryptionMode: encrypt === 'none' ? 'none' : 'assertion',
      samlSPMetaDataOptionsSignatureMethod: algorithm.toUpperCase().replace('-', '_'),
      samlSPMetaDataOptionsEnableIDPInitiatedURL: 1,
      samlSPMetaDataOptionsForceUTF8: 1,
      samlSPMetaDataOptionsNameIDFormat: 'email',
    })),
    samlSPMetaDataExportedAttributes: forEach(() =>
      Object.fromEntries(ATTRIBUTES.map((name) => [name, `1;${name};;`])),
    ),
  }
}
