// A metadata URL whose host is an address inside, in every notation that some reader takes for one.
import { describe, expect, it } from 'vitest'
import { checkReachable, fetchPublic } from '../../src/platform/network/fetch-public.ts'
import { fakeNetwork } from '../support/fake-network.ts'

const HOSTS = [
  // loopback
  '127.0.0.1',
  '127.255.255.254',
  '127.1',
  '127.0.0.1.',
  '2130706433',
  '0x7f000001',
  '0x7f.0x0.0x0.0x1',
  '017700000001',
  '0177.0.0.1',
  '%31%32%37.0.0.1',
  '１２７．０．０．１',
  '①②⑦.⓪.⓪.①',
  '[::1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::ffff:127.0.0.1]',
  '[::FFFF:7F00:0001]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::127.0.0.1]',
  '[2002:7f00:1::]',
  '[2001:0:808:808::80ff:fffe]',
  // the metadata service of a cloud
  '169.254.169.254',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '169.254.43518',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[fd00:ec2::254]',
  '[fe80::a9fe:a9fe]',
  // private, shared, unspecified, everyone
  '10.0.0.1',
  '10.1',
  '172.16.0.1',
  '192.168.0.1',
  '0300.0250.0.1',
  '100.64.0.1',
  '0.0.0.0',
  '0',
  '[::]',
  '[fc00::1]',
  '[fec0::1]',
  '224.0.0.1',
  '255.255.255.255',
  '[ff02::1]',
]

describe('metadata-url-private-address', () => {
  it.each(HOSTS)('is refused: endpoint_private, %s', async (host) => {
    const { options, requests } = fakeNetwork({})
    const url = `https://${host}/latest/meta-data/`
    expect(await fetchPublic(url, options)).toMatchObject({ ok: false, code: 'endpoint_private' })
    expect(await checkReachable(url, options)).toMatchObject({ result: 'private' })
    expect(requests).toEqual([])
  })
})
