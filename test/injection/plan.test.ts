/** What is sent, from what is asked and a graph that is given as text. */
import { readGraph } from '../../src/graph/text.ts';
import type { InjectionAsked } from '../../src/injection/injection.ts';
import type { Probing } from '../../src/injection/order.ts';
import { type Plan, planOf } from '../../src/injection/plan/plan.ts';
import { Budget, defaultLimits } from '../../src/query/limits.ts';
import { host, macOf } from '../query/forwarding/walked.ts';

const ROUTED = {
  Neighbors: [{ IP: '10.0.0.254', MAC: '02:00:00:00:00:fe', IfIndex: 2 }],
  IPV6: ['fe80::1/64', 'fd00::1/64'],
  EncapType: 'ether',
  RoutingTables: [
    {
      ID: 254,
      Src: '10.0.0.1',
      Routes: [
        { Protocol: 2, Prefix: '10.0.0.0/24', NextHops: [{ Priority: 0, IfIndex: 2 }] },
        { Protocol: 2, Prefix: 'fd00::/64', NextHops: [{ Priority: 0, IfIndex: 2 }] },
        { Protocol: 3, NextHops: [{ Priority: 0, IP: '10.0.0.254', IfIndex: 2 }] },
      ],
    },
  ],
};
const GRAPH = `${host('blue', '10.0.0.1', ROUTED)}
${host('green', '10.0.0.2', { IPV6: ['fe80::2/64', 'fd00::2/64'] })}
netns:dark -ownership-> veth:dark/eth0 {"Name":"eth0","IfIndex":2,"MAC":"02:00:00:00:00:33"}
${two(0, 'fe80::21')}
${two(1, 'fe80::22')}
netns:blue -ownership-> tun:blue/tun0 {"Name":"tun0","IfIndex":3,"EncapType":"none","IPV4":["10.9.0.1/24"]}`;

/** A namespace on two links. */
function two(number: number, address: string): string {
  const Routes = [0, 1].map((at) => ({
    Protocol: 2,
    Prefix: 'fe80::/64',
    NextHops: [{ Priority: 256, IfIndex: 2 + at }],
  }));
  const metadata = {
    ...{ Name: `eth${number}`, IfIndex: 2 + number, EncapType: 'ether', MAC: `02:00:00:00:00:2${number}` },
    ...{ IPV6: [`${address}/64`], RoutingTables: [{ ID: 254, Routes }] },
  };
  return `netns:two -ownership-> veth:two/eth${number} ${JSON.stringify(metadata)}`;
}

function plan(asked: InjectionAsked): Plan {
  const parts = {
    view: readGraph(GRAPH).now(),
    budget: new Budget(defaultLimits, () => 0, undefined),
    places: undefined,
    random: () => 0.5,
    bytes: (count: number) => new Uint8Array(count),
    uuid: 'u',
    met: () => undefined,
  };
  const planning = planOf(asked, { from: asked.From ?? '', to: asked.To }, parts);
  for (let step = planning.next(); ; step = planning.next()) if (step.done === true) return step.value;
}

function probingOf(asked: InjectionAsked): Probing {
  const { what } = plan(asked).order;
  if (what.kind !== 'packets') throw new Error('a trace');
  return what;
}

const BLUE = 'veth:blue/eth0';
const GREEN = 'veth:green/eth0';

test('on one link the addresses are those of the ends, and the neighbour is asked for', () => {
  const { order, packet, trackingIds } = plan({ From: BLUE, To: GREEN });
  expect(order).toMatchObject({
    way: 'link',
    nodeId: BLUE,
    namespaceId: 'netns:blue',
    ifIndex: 2,
    intervalMs: 0,
    waitMs: 1_000,
  });
  expect(packet).toMatchObject({
    Type: 'icmp4',
    SrcIP: '10.0.0.1',
    DstIP: '10.0.0.2',
    TTL: 64,
    DstNodeID: GREEN,
    Namespace: 'blue',
  });
  expect(probingOf({ From: BLUE, To: GREEN }).link).toEqual({
    sourceMac: macOf('10.0.0.1'),
    nextHop: '10.0.0.2',
    lastMac: macOf('10.0.0.2'),
  });
  expect(trackingIds).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
});

test('what lies beyond a router goes to the MAC that the graph knows of it', () => {
  expect(probingOf({ From: BLUE, DstIP: '192.0.2.7/32' }).link).toMatchObject({
    destinationMac: '02:00:00:00:00:fe',
    nextHop: '10.0.0.254',
  });
});

test('what is for many has their MAC, and is not sent to a router', () => {
  const macTo = (DstIP: string) => probingOf({ From: BLUE, DstIP }).link?.destinationMac;
  expect([macTo('224.0.0.251'), macTo('ff02::fb'), macTo('10.0.0.255')]).toEqual([
    '01:00:5e:00:00:fb',
    '33:33:00:00:00:fb',
    'ff:ff:ff:ff:ff:ff',
  ]);
});

test('a type of IPv6 takes those addresses, and not those of the link where there are others', () => {
  const { source, destination } = probingOf({ From: BLUE, To: GREEN, Type: 'tcp6', DstPort: 80 });
  expect([source, destination]).toEqual(['fd00::1', 'fd00::2']);
});

test('an address that is named is where it goes, whatever else its holder has', () => {
  const to = (asked: InjectionAsked) => probingOf({ From: BLUE, ...asked }).destination;
  expect([
    to({ To: 'fe80::2' }),
    to({ To: 'fe80::9' }),
    to({ To: '10.0.0.3' }),
    to({ To: 'fd00::3' }),
    to({ To: GREEN }),
    to({ To: '10.0.0.2', DstIP: '10.0.0.3' }),
  ]).toEqual(['fe80::2', 'fe80::9', '10.0.0.3', 'fd00::3', '10.0.0.2', '10.0.0.3']);
});

test('an address of a link goes by the interface that is said with it, or that is named', () => {
  const by = (asked: InjectionAsked) => {
    const { order, packet } = plan(asked);
    return [order.interfaceName, order.way, packet.SrcIP];
  };
  expect([
    by({ From: 'netns:two', To: 'fe80::9%eth1' }),
    by({ From: 'netns:two', To: 'fe80::9%3' }),
    by({ From: 'netns:two', DstIP: 'fe80::9%eth0' }),
    by({ From: 'veth:two/eth1', To: 'fe80::9', Way: 'stack' }),
    by({ From: 'veth:two/eth1', To: 'fe80::9%eth1' }),
    // Where there is one alone, nothing is to be said.
    by({ From: 'netns:blue', To: 'fe80::9' }),
  ]).toEqual([
    ['eth1', 'stack', 'fe80::22'],
    ['eth1', 'stack', 'fe80::22'],
    ['eth0', 'stack', 'fe80::21'],
    ['eth1', 'stack', 'fe80::22'],
    ['eth1', 'link', 'fe80::22'],
    ['eth0', 'stack', 'fe80::1'],
  ]);
});

test('a namespace sends through its stack, an interface by its link, and who says how is obeyed', () => {
  const ways = ([asked]: [InjectionAsked]) => plan(asked).order.way;
  expect([
    ways([{ From: 'netns:blue', To: GREEN }]),
    ways([{ From: BLUE, To: GREEN }]),
    ways([{ From: BLUE, To: GREEN, Way: 'stack' }]),
    ways([{ From: 'netns:blue', To: GREEN, DstMAC: '02:00:00:00:00:99' }]),
    ways([{ From: '10.0.0.1', To: GREEN }]),
  ]).toEqual(['stack', 'link', 'stack', 'link', 'stack']);
  expect(plan({ From: 'netns:blue', To: GREEN }).order.nodeId).toBe(BLUE);
});

test('what a namespace sends to itself goes through its stack, unless a frame is asked for', () => {
  expect(plan({ From: BLUE, To: BLUE })).toMatchObject({ order: { way: 'stack' }, packet: { DstIP: '10.0.0.1' } });
  expect(() => plan({ From: BLUE, To: BLUE, Way: 'link' })).toThrow("10.0.0.1 is the source's own");
  expect(plan({ From: BLUE, To: BLUE, DstMAC: '02:00:00:00:00:99' }).order.way).toBe('link');
});

test('MACs are read as people and clients write them, and what says nothing in a packet is passed over', () => {
  const { link, icmpId, sourcePort } = probingOf({
    ...{ From: BLUE, To: GREEN, SrcIP: '10.0.0.1/24', SrcMAC: '02-00-00-00-00-AA', DstMAC: '0200.0000.00BB' },
    ...{ Type: 'tcp4', DstPort: 80, SrcPort: 1_234, ICMPID: 7 },
  });
  expect(link).toMatchObject({ sourceMac: '02:00:00:00:00:aa', destinationMac: '02:00:00:00:00:bb' });
  expect([icmpId, sourcePort]).toEqual([0, 1_234]);
});

test('what has no Ethernet gets packets alone', () => {
  expect(probingOf({ From: 'tun:blue/tun0', DstIP: '10.9.0.2' }).link).toBeUndefined();
});

test('random packets are as many conversations, each known beforehand, up to a bound', () => {
  const many = plan({ From: BLUE, To: GREEN, Type: 'udp4', DstPort: 53, Mode: 'random', Count: 5_000 });
  expect([many.trackingIds.length, new Set(many.trackingIds).size]).toEqual([1_024, 1_024]);
  const three = plan({ From: BLUE, To: GREEN, ICMPID: 123, Mode: 'random', Count: 3 }).trackingIds;
  const one = plan({ From: BLUE, To: GREEN, ICMPID: 124 }).trackingIds;
  expect([three.length, three[1]]).toEqual([3, one[0]]);
});

test('payload: what is said, else 56 bytes, and none in a SYN', () => {
  const size = (asked: InjectionAsked) =>
    Buffer.from(probingOf({ From: BLUE, To: GREEN, ...asked }).payload, 'base64').length;
  expect([size({}), size({ Payload: 'häh' }), size({ Type: 'tcp4', DstPort: 1 })]).toEqual([56, 4, 0]);
});

test.each<[InjectionAsked, string]>([
  [{ From: 'veth:dark/eth0', To: GREEN }, 'No source IP in node and user input'],
  [{ From: BLUE, To: 'veth:dark/eth0' }, 'No dest IP in node and user input'],
  [{ From: BLUE, To: GREEN, Type: 'icmp6', DstIP: '10.0.0.2' }, 'No dest IP in node and user input'],
  [{ From: BLUE, DstIP: 'fd00::2', SrcIP: '10.0.0.1' }, 'SrcIP 10.0.0.1 is not of the family of fd00::2'],
  [{ From: BLUE, DstIP: '10.0.0.2', Type: 'tcp6' }, 'DstIP 10.0.0.2 is no IPv6 address'],
  [{ From: 'netns:dark', To: GREEN, SrcIP: '10.0.0.9', Way: 'link' }, 'Not able to find a source node: no route leads'],
  [{ From: BLUE, To: '10.0.0.2', Type: 'icmp6' }, '10.0.0.2 is no IPv6 address'],
  [{ From: 'netns:two', To: 'fe80::9' }, 'fe80::9 is an address of one link, and netns:two has several'],
  [{ From: 'netns:two', To: 'fe80::9%eth7' }, 'netns:two has no interface eth7'],
  [{ From: 'veth:two/eth0', To: 'fe80::9%eth1' }, 'fe80::9%eth1 is behind eth1, and not behind eth0'],
  [{ From: 'nobody', To: GREEN }, 'nothing is called "nobody"'],
  [{ From: 'netns:blue', Pcap: 'AAAA' }, 'is no interface: frames of a trace are put on one'],
])('%j is refused: %s', (asked, sentence) => {
  expect(() => plan(asked)).toThrow(sentence);
});
