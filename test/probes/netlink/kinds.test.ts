/** Every kind of link, from the bytes of a kernel to the keys of a node. */
import type { Metadata } from '../../../src/graph/element.ts';
import { HEADER_BYTES } from '../../../src/native/nlmsg.ts';
import { describe as describeLink } from '../../../src/probes/netlink/description.ts';
import { kinds } from '../../../src/probes/netlink/kinds/index.ts';
import { readLink } from '../../../src/probes/netlink/link.ts';
import { Tables } from '../../../src/probes/netlink/tables.ts';
import { types } from '../../../src/probes/netlink/vocabulary.ts';
import { bondSlave, linkFixtures, physicalFunction } from '../../fixtures/netlink/links.ts';
import { linkMessage, mac } from '../../fixtures/netlink/message.ts';

test.each(linkFixtures)('$kind: $from', ({ kind, bytes, keys }) => {
  const metadata = keysOf(bytes);
  expect(metadata).toMatchObject(keys);
  const type = types.find((one) => one.name === kind);
  if (type) expect(type.fields.strict().parse(metadata)).toEqual(metadata);
  // What only this kind has comes out whole: nothing more than expected.
  for (const key of Object.keys(kinds.find((one) => one.name === kind)?.fields ?? {}))
    expect(metadata[key]).toEqual(keys[key]);
});

test('a tunnel has no MAC: its ends are where others have one', () => {
  const gre = linkFixtures.find(({ kind }) => kind === 'gre');
  expect(keysOf(gre?.bytes as Uint8Array)).not.toHaveProperty('MAC');
});

test('a slave of a bond tells how it does', () => {
  expect(keysOf(bondSlave)).toMatchObject({
    Type: 'device',
    MasterIndex: 7,
    BondSlave: {
      Type: 'bond',
      State: 'ACTIVE',
      MiiStatus: 'UP',
      LinkFailureCount: 2,
      PermMAC: '02:fc:00:00:00:33',
      QueueId: 0,
      AggregatorId: 1,
      AdActorOperPortState: 61,
      AdPartnerOperPortState: 63,
    },
  });
});

test('a device tells of its virtual functions', () => {
  const vf = (id: number) => ({
    ID: id,
    MAC: `02:fc:00:00:01:0${id}`,
    Vlan: 100 + id,
    Qos: 3,
    TxRate: 1000,
    MinTxRate: 0,
    MaxTxRate: 1000,
    Spoofchk: true,
    LinkState: id,
    VlanProtocol: '802.1ad',
  });
  expect(keysOf(physicalFunction).Vfs).toEqual([vf(0), vf(1)]);
});

test('tun and tap are one kind and two types', () => {
  const tun = (type: number) =>
    linkMessage({ hardware: type === 1 ? 0xfffe : 1 }, (m) => {
      m.string(3, 't').nested(18, (info) => {
        info.string(1, 'tun').nested(2, (data) => void data.u8(3, type).u8(6, 1));
      });
    });
  expect([keysOf(tun(1)).Type, keysOf(tun(2)).Type]).toEqual(['tun', 'tap']);
});

test('XDP programs, alternative names and an alias are shown', () => {
  const bytes = linkMessage({}, (m) => {
    m.string(3, 'eth0').string(20, 'uplink').bytes(54, mac('02:fc:00:00:00:99')).bytes(1, mac('02:fc:00:00:00:01'));
    m.nested(43, (xdp) => void xdp.u8(2, 2).u32(4, 71).u32(6, 71));
    m.nested(52, (list) => void list.string(53, 'enp0s3').string(53, 'lan'));
  });
  expect(keysOf(bytes)).toMatchObject({
    Alias: 'uplink',
    AltNames: ['enp0s3', 'lan'],
    PermMAC: '02:fc:00:00:00:99',
    XDP: { Mode: 'skb', ID: 71, SkbID: 71 },
  });
});

test('each kind is listed once, with a sentence', () => {
  expect(new Set(kinds.map((kind) => kind.name)).size).toBe(kinds.length);
  for (const { doc } of kinds) expect(doc).toMatch(/^[A-Z].*\.$/);
});

function keysOf(message: Uint8Array): Metadata {
  const link = readLink(message.subarray(HEADER_BYTES));
  if (!link) throw new Error('no link');
  const tables = new Tables({ routesMax: 10, neighboursMax: 10 });
  return describeLink(link, tables, {
    ownerTid: 'owner',
    device: undefined,
    linkNetnsName: undefined,
    vfId: undefined,
    routingTables: undefined,
  });
}
