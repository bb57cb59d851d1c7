// Every block of the registries at both of its ends, and the addresses right beside it.
import { describe, expect, it } from 'vitest'
import {
  isLoopbackAddress,
  isLoopbackName,
  isPrivateName,
  isPublicAddress,
  literalAddress,
} from '../../../src/platform/network/public-address.ts'

describe('isPublicAddress', () => {
  it.each([
    ['0.0.0.0', '0.255.255.255'],
    ['10.0.0.0', '10.255.255.255'],
    ['100.64.0.0', '100.127.255.255'],
    ['127.0.0.0', '127.255.255.255'],
    ['169.254.0.0', '169.254.255.255'],
    ['172.16.0.0', '172.31.255.255'],
    ['192.0.0.0', '192.0.0.255'],
    ['192.0.2.0', '192.0.2.255'],
    ['192.88.99.0', '192.88.99.255'],
    ['192.168.0.0', '192.168.255.255'],
    ['198.18.0.0', '198.19.255.255'],
    ['198.51.100.0', '198.51.100.255'],
    ['203.0.113.0', '203.0.113.255'],
    ['224.0.0.0', '239.255.255.255'],
    ['240.0.0.0', '255.255.255.255'],
  ])('refuses %s to %s', (first, last) => {
    expect([isPublicAddress(first), isPublicAddress(last)]).toEqual([false, false])
  })

  it.each([
    '1.0.0.0',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '191.255.255.255',
    '192.0.1.0',
    '192.0.3.0',
    '192.88.98.255',
    '192.88.100.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '198.51.99.255',
    '198.51.101.0',
    '203.0.112.255',
    '203.0.114.0',
    '223.255.255.255',
    '8.8.8.8',
  ])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it('refuses the metadata services of clouds', () => {
    for (const address of ['169.254.169.254', '169.254.170.2', '100.100.100.200', 'fd00:ec2::254'])
      expect(isPublicAddress(address), address).toBe(false)
  })

  it.each([
    ['unspecified', '::', '::'],
    ['loopback', '::1', '0:0:0:0:0:0:0:1'],
    ['IPv4-compatible', '::8.8.8.8', '::127.0.0.1'],
    ['IPv4-translated', '::ffff:0:8.8.8.8', '::ffff:0:7f00:1'],
    ['local NAT64', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
    ['discard', '100::', '100::ffff:ffff:ffff:ffff'],
    ['dummy prefix', '100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
    ['protocol assignments', '2001:1::1', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['benchmarks', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff'],
    ['ORCHID', '2001:10::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['documentation', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['documentation', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['reserved', '4000::', '5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['segment routing', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['unique local', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['link-local', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['site-local', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['multicast', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('refuses %s: %s to %s', (_, first, last) => {
    expect([isPublicAddress(first), isPublicAddress(last)]).toEqual([false, false])
  })

  it.each([
    '2000::',
    '2001:200::',
    '2001:db7:ffff::',
    '2001:db9::',
    '2003::',
    '2606:4700:4700::1111',
    '2620:FE::FE',
    '3ffe:ffff::',
    '3fff:1000::',
  ])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  describe('judges an IPv6 address by the IPv4 address in it', () => {
    it.each([
      ['mapped', '::ffff:127.0.0.1', '::ffff:8.8.8.8'],
      ['mapped, in hexadecimal', '::FFFF:a9fe:a9fe', '::FFFF:808:808'],
      ['mapped, written out', '0:0:0:0:0:ffff:10.0.0.1', '0:0:0:0:0:ffff:8.8.8.8'],
      ['NAT64', '64:ff9b::192.168.0.1', '64:ff9b::8.8.8.8'],
      ['6to4', '2002:a9fe:a9fe::1', '2002:808:808::1'],
      // The inverted bits of 10.0.0.1 and 8.8.4.4.
      ['Teredo client', '2001:0:808:808:0:0:f5ff:fffe', '2001:0:808:808:0:0:f7f7:fbfb'],
      ['Teredo server', '2001:0:a00:1:0:0:f7f7:fbfb', '2001:0:808:808:0:0:f7f7:fbfb'],
    ])('%s: %s is refused, %s is not', (_, refused, taken) => {
      expect([isPublicAddress(refused), isPublicAddress(taken)]).toEqual([false, true])
    })
  })

  it.each([
    '',
    'idp.example',
    '8.8.8',
    '8.8.8.8.8',
    '8.8.8.256',
    '08.8.8.8',
    '0x8.8.8.8',
    '134744072',
    '8.8.8.8 ',
    ' 8.8.8.8',
    '8.8.8.8\n',
    '8.8.8.8/32',
    '-8.8.8.8',
    '８.8.8.8',
    '8.8.8.8.',
    '[2606:4700::1]',
    '2606:4700::1%eth0',
    '2606:4700::1::',
    '2606:4700',
    ':',
    '2606:47000::1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '2606::8.8.8.256',
    '2606:4700::1]/@[::1',
  ])('refuses what is no address: %j', (text) => {
    expect(isPublicAddress(text)).toBe(false)
  })
})

describe('literalAddress', () => {
  const ofURL = (url: string) => literalAddress(new URL(url).hostname)

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0X7F.1',
    '017700000001',
    '0177.0.0.01',
    '127.1',
    '127.0.0.1.',
    '127.0.1',
    '%31%32%37.0.0.1',
    '１２７.0.0.1',
    '①②⑦.0.0.1',
    '127。0。0。1',
  ])('knows %s as URLs have it', (host) => {
    expect(ofURL(`https://${host}/`)).toBe('127.0.0.1')
  })

  it.each([
    ['[::1]', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
    ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
    ['[FE80::1]', 'fe80::1'],
  ])('knows %s', (host, address) => {
    expect(ofURL(`https://${host}/`)).toBe(address)
  })

  it.each([
    'idp.example',
    'localhost',
    '127.0.0.1.idp.example',
    '1e100.net',
    'a.127.0.0.example',
    '0x7f000001.example',
    'xn--e1afmkfd.example',
  ])('takes %s for a name', (host) => {
    expect(ofURL(`https://${host}/`)).toBeUndefined()
  })

  it.each(['256.0.0.1', '1.2.3.4.5', 'idp.1', '[fe80::1%25eth0]', '[127.0.0.1]', '0x100000000'])(
    'never sees %s: it is no URL',
    (host) => {
      expect(URL.canParse(`https://${host}/`)).toBe(false)
    },
  )
})

describe('isPrivateName', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'a.b.localhost.',
    'printer.local',
    'metadata.google.internal',
    'router.home.arpa',
    'home.arpa',
    'adfs.corp',
    'adfs.lan',
    'adfs.intranet',
    'adfs.private',
    'adfs.home',
    'adfs',
    'adfs.',
    '',
    '.',
    'idp..example',
    'idp.example..',
    '.example',
  ])('is true for %j', (name) => {
    expect(isPrivateName(name)).toBe(true)
  })

  it.each([
    'idp.example',
    'idp.example.',
    'localhost.example',
    'notlocalhost.example',
    'my-local.example',
    'idp.notlocal',
    'internal.example',
    'arpa.example',
    '127.0.0.1.nip.example',
  ])('is false for %s', (name) => {
    expect(isPrivateName(name)).toBe(false)
  })
})

describe('this machine', () => {
  it('is 127.0.0.0/8, ::1, localhost and the names below it', () => {
    expect(['127.0.0.1', '127.255.255.255', '::1'].map(isLoopbackAddress)).toEqual(
      Array(3).fill(true),
    )
    expect(['10.0.0.1', '::', '::2', '8.8.8.8', 'localhost'].map(isLoopbackAddress)).toEqual(
      Array(5).fill(false),
    )
    expect(['localhost', 'idp.localhost', 'LocalHost.'].map(isLoopbackName)).toEqual(
      Array(3).fill(true),
    )
    expect(['localhost.example', 'alocalhost', 'idp.example'].map(isLoopbackName)).toEqual(
      Array(3).fill(false),
    )
  })
})
