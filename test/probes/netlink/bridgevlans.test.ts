/** VLANs of bridge ports, as they are told at first and as they change. */
import { HEADER_BYTES, MessageBuilder } from '../../../src/native/nlmsg.ts';
import { vlanList } from '../../../src/probes/netlink/bridgevlan.ts';
import { News } from '../../../src/probes/netlink/news.ts';
import { Tables } from '../../../src/probes/netlink/tables.ts';
import { linkMessage, words } from '../../fixtures/netlink/message.ts';

const PVID_UNTAGGED = 6;
const BEGIN = 8;
const END = 16;

/** struct bridge_vlan_info. */
function info(flags: number, id: number): Uint8Array {
  return Uint8Array.of(flags & 0xff, flags >> 8, id & 0xff, id >> 8);
}

/** An AF_BRIDGE link with IFLA_AF_SPEC { IFLA_BRIDGE_VLAN_INFO… }, ranges compressed. */
function port(...vlans: readonly Uint8Array[]): Uint8Array {
  return linkMessage({ family: 7 }, (m) => {
    m.string(3, 'port').nested(26, (spec) => {
      for (const one of vlans) spec.bytes(2, one);
    });
  });
}

/** RTM_NEWVLAN 112 or RTM_DELVLAN 113: struct br_vlan_msg, BRIDGE_VLANDB_ENTRY { …_INFO, …_RANGE }. */
function vlan(type: number, flags: number, from: number, to?: number): Uint8Array {
  return new MessageBuilder(type, 0)
    .fixed(words(7, 7))
    .nested(1, (entry) => {
      entry.bytes(1, info(flags, from));
      if (to !== undefined) entry.u16(2, to);
    })
    .build();
}

function after(...messages: readonly Uint8Array[]) {
  const tables = new Tables({ routesMax: 1, neighboursMax: 1 });
  for (const message of [linkMessage({}, (m) => void m.string(3, 'port')), ...messages])
    tables.hear({ type: message[4] as number, flags: 0, body: message.subarray(HEADER_BYTES) }, new News());
  return vlanList(tables.vlans.get(7) ?? new Map());
}

test('single VLANs and ranges', () => {
  expect(after(port(info(PVID_UNTAGGED, 1), info(BEGIN, 100), info(END, 199), info(0, 300)))).toEqual([
    { ID: 1, Flags: ['PVID', 'UNTAGGED'] },
    { ID: 100, End: 199 },
    { ID: 300 },
  ]);
});

test('what comes and goes later', () => {
  const begin = port(info(PVID_UNTAGGED, 1));
  expect(after(begin, vlan(112, 0, 10, 12))).toEqual([
    { ID: 1, Flags: ['PVID', 'UNTAGGED'] },
    { ID: 10, End: 12 },
  ]);
  expect(after(begin, vlan(112, 0, 10, 12), vlan(113, 0, 11))).toEqual([
    { ID: 1, Flags: ['PVID', 'UNTAGGED'] },
    { ID: 10 },
    { ID: 12 },
  ]);
});

test('there is one PVID: a new one takes it from the old', () => {
  expect(after(port(info(PVID_UNTAGGED, 1)), vlan(112, PVID_UNTAGGED, 20))).toEqual([
    { ID: 1, Flags: ['UNTAGGED'] },
    { ID: 20, Flags: ['PVID', 'UNTAGGED'] },
  ]);
});

test('a port that leaves its bridge has none', () => {
  const leave = linkMessage({ type: 17, family: 7 }, (m) => void m.string(3, 'port'));
  expect(after(port(info(0, 5)), leave)).toEqual([]);
});
