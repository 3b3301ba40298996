/** What a new route replaces, and what of several next hops is left: the kernel's rules, from its messages. */
import { HEADER_BYTES, LITTLE } from '../../../src/native/nlmsg.ts';
import { News } from '../../../src/probes/netlink/news.ts';
import { routingTables } from '../../../src/probes/netlink/routingtables.ts';
import { Tables } from '../../../src/probes/netlink/tables.ts';
import { type Fill, ip, linkMessage, routeMessage } from '../../fixtures/netlink/message.ts';

const REPLACE = 0x100;
const NEW = 24;
const DEL = 25;

interface Said {
  readonly type?: number;
  readonly flags?: number;
  readonly table?: number;
  readonly kind?: number;
  /** '10.0.0.0/8'; left out: the default route of IPv4. */
  readonly to?: string;
  readonly via?: readonly string[];
  readonly dev?: readonly number[];
  readonly metric?: number;
  readonly source?: string;
}

/** Several hops are RTA_MULTIPATH, as the kernel writes them; one is RTA_GATEWAY and RTA_OIF. */
function route({
  type = NEW,
  flags = 0,
  table = 254,
  kind = 1,
  to = '0.0.0.0/0',
  via = [],
  dev = [7],
  metric = 0,
  source,
}: Said) {
  const [prefix = '', length = '0'] = to.split('/');
  const family = prefix.includes(':') ? 10 : 2;
  const fill: Fill = (m) => {
    if (length !== '0') m.bytes(1, ip(prefix));
    if (metric > 0) m.u32(6, metric);
    if (source !== undefined) m.bytes(7, ip(source));
    m.u32(15, table);
    if (dev.length > 1) m.bytes(9, hops(dev, via));
    else {
      if (via[0] !== undefined) m.bytes(5, ip(via[0]));
      if (dev[0] !== undefined) m.u32(4, dev[0]);
    }
  };
  return routeMessage({ type, flags, family, length: Number(length), kind, table: table & 0xff }, fill);
}

/** Structs rtnexthop, each with its RTA_GATEWAY. */
function hops(dev: readonly number[], via: readonly string[]): Uint8Array {
  return Uint8Array.from(
    dev.flatMap((ifindex, at) => {
      const gateway = via[at] === undefined ? [] : [...ip(via[at])];
      const length = 8 + (gateway.length > 0 ? 4 + gateway.length : 0);
      const bytes = new Uint8Array(length);
      const view = new DataView(bytes.buffer);
      view.setUint16(0, length, LITTLE);
      view.setInt32(4, ifindex, LITTLE);
      if (gateway.length > 0) {
        view.setUint16(8, 4 + gateway.length, LITTLE);
        view.setUint16(10, 5, LITTLE);
        bytes.set(gateway, 12);
      }
      return [...bytes];
    }),
  );
}

function tables(...said: readonly Said[]): Tables {
  const known = new Tables({ routesMax: 3, neighboursMax: 3 });
  for (const one of said) hear(known, route(one));
  return known;
}

function hear(known: Tables, message: Uint8Array): News {
  const news = new News();
  const view = new DataView(message.buffer, message.byteOffset);
  const [type, flags] = [view.getUint16(4, LITTLE), view.getUint16(6, LITTLE)];
  known.hear({ type, flags, body: message.subarray(HEADER_BYTES) }, news);
  return news;
}

/** `prefix via gateway dev ifindex, …` of one interface, one line a route. */
function drawn(known: Tables, ifindex = 7): string[] {
  return (routingTables(known.routes.of(ifindex)) ?? []).flatMap((table) =>
    (table.Routes as { Prefix: string; NextHops: { IP?: string; IfIndex?: number }[] }[]).map(
      ({ Prefix, NextHops }) =>
        `${table.ID} ${Prefix} ${NextHops.map(({ IP, IfIndex }) => `${IP ? `via ${IP} ` : ''}dev ${IfIndex}`).join(', ')}`,
    ),
  );
}

test('IPv4: a replaced route is another, an appended one is one more', () => {
  const first = { to: '10.0.0.0/8', via: ['192.0.2.1'] };
  const second = { to: '10.0.0.0/8', via: ['192.0.2.2'] };
  expect(drawn(tables(first, { ...second, flags: REPLACE }))).toEqual(['254 10.0.0.0/8 via 192.0.2.2 dev 7']);
  expect(drawn(tables(first, second))).toEqual([
    '254 10.0.0.0/8 via 192.0.2.1 dev 7',
    '254 10.0.0.0/8 via 192.0.2.2 dev 7',
  ]);
});

test('IPv4: a replacement is asked about, since it is not said what was replaced', () => {
  const known = tables({ to: '10.0.0.0/8', dev: [7] });
  const news = hear(known, route({ to: '10.0.0.0/8', dev: [8], flags: REPLACE }));
  expect([...news.routed].sort()).toEqual([7, 8]);
  expect([...news.routes]).toEqual([8]);
  expect(drawn(known, 7)).toEqual([]);
});

test('one route over two interfaces is on both', () => {
  const known = tables({ to: '10.0.0.0/8', dev: [7, 8], via: ['192.0.2.1', '198.51.100.1'] });
  const line = ['254 10.0.0.0/8 via 192.0.2.1 dev 7, via 198.51.100.1 dev 8'];
  expect([drawn(known, 7), drawn(known, 8)]).toEqual([line, line]);
});

test('IPv6: a route that gets one more next hop is told whole, and one that loses one, by that one', () => {
  const one = { to: '2001:db8::/32', via: ['fe80::1'], dev: [7] };
  const both = { to: '2001:db8::/32', via: ['fe80::1', 'fe80::2'], dev: [7, 8] };
  const known = tables(one, both);
  expect(drawn(known, 8)).toEqual(['254 2001:db8::/32 via fe80::1 dev 7, via fe80::2 dev 8']);
  expect(drawn(known, 7)).toHaveLength(1);
  const news = hear(known, route({ ...one, type: DEL }));
  expect([...news.routed].sort()).toEqual([7, 8]);
  expect(drawn(known, 7)).toEqual([]);
  expect(drawn(known, 8)).toEqual(['254 2001:db8::/32 via fe80::2 dev 8']);
});

test('IPv6: every device has its own fe80::/64', () => {
  const known = tables({ to: 'fe80::/64', dev: [7], metric: 256 }, { to: 'fe80::/64', dev: [8], metric: 256 });
  expect([drawn(known, 7), drawn(known, 8)]).toEqual([['254 fe80::/64 dev 7'], ['254 fe80::/64 dev 8']]);
  hear(known, route({ type: DEL, to: 'fe80::/64', dev: [7], metric: 256 }));
  expect([drawn(known, 7), drawn(known, 8)]).toEqual([[], ['254 fe80::/64 dev 8']]);
});

test('tables above 255 are told in an attribute', () => {
  expect(drawn(tables({ to: '10.0.0.0/8', table: 1000 }))).toEqual(['1000 10.0.0.0/8 dev 7']);
});

test('entries of the route cache are none', () => {
  const cloned = routeMessage({ length: 32 }, (m) => void m.bytes(1, ip('10.0.0.1')).u32(4, 7));
  new DataView(cloned.buffer).setUint32(HEADER_BYTES + 8, 0x200, LITTLE);
  const known = tables();
  hear(known, cloned);
  expect(drawn(known)).toEqual([]);
});

test('an interface that goes leaves the routes of others', () => {
  const known = tables(
    { to: '10.0.0.0/8', dev: [7, 8], via: ['192.0.2.1', '198.51.100.1'] },
    { to: '11.0.0.0/8', dev: [7] },
  );
  const link = linkMessage({}, (m) => void m.string(3, 'eth0'));
  hear(known, link);
  hear(
    known,
    linkMessage({ type: 17 }, (m) => void m.string(3, 'eth0')),
  );
  expect(drawn(known, 7)).toEqual([]);
  expect(drawn(known, 8)).toEqual(['254 10.0.0.0/8 via 198.51.100.1 dev 8']);
});

test('more routes than are kept are counted', () => {
  const known = tables(...[1, 2, 3, 4, 5].map((at) => ({ to: `10.${at}.0.0/16` })));
  expect(drawn(known)).toHaveLength(3);
  expect(known.routes.hidden).toBe(2);
});

test('the source of a table is that of its first route; another is said with its route', () => {
  const known = tables({ via: ['192.0.2.1'] }, { to: '192.0.2.0/24', source: '192.0.2.7' });
  expect(routingTables(known.routes.of(7))).toEqual([
    {
      ID: 254,
      Src: null,
      Routes: [
        { Protocol: 3, Prefix: '0.0.0.0/0', NextHops: [{ Priority: 0, IP: '192.0.2.1', IfIndex: 7 }] },
        { Protocol: 3, Prefix: '192.0.2.0/24', NextHops: [{ Priority: 0, IfIndex: 7 }], Src: '192.0.2.7' },
      ],
    },
  ]);
});

test('multicast that is forwarded is shown where it comes in', () => {
  // net/ipv4/ipmr.c (ipmr_fill_mroute): group, source, RTA_IIF, RTA_MULTIPATH of the interfaces it goes out of.
  const say = (type: number) =>
    routeMessage({ type, family: 128, length: 32, table: 253, kind: 5 }, (m) => {
      m.bytes(2, ip('10.99.0.1'))
        .bytes(1, ip('239.1.1.1'))
        .u32(3, 7)
        .bytes(9, hops([9, 8], []));
    });
  const known = tables();
  hear(known, say(NEW));
  expect([...known.multicast.of(7)].map(({ keys }) => keys)).toEqual([
    { Table: 253, Group: '239.1.1.1', Src: '10.99.0.1', OutIndexes: [8, 9] },
  ]);
  expect([...hear(known, say(DEL)).touched]).toEqual([7]);
  expect([...known.multicast.of(7)]).toEqual([]);
});
