import { layout } from '../../src/flow/layout.ts';
import { ObservationReader } from '../../src/flow/observation.ts';
import type { Seen } from '../../src/flow/observation-writer.ts';
import { hex64 } from '../../src/flow/xxhash64.ts';
import { client, end, observations, place, server, tableOf } from './seen.ts';

const echo: Partial<Seen> = {
  from: end('192.168.0.2', 0, 2),
  to: end('192.168.0.1', 0, 1),
  protocol: 1,
  icmp: { class: 2, code: 0, id: 23_604 },
  layers: ['Ethernet', 'IPv4', 'ICMPv4'],
};

/** TrackingID and key. */
function ids(seen: Partial<Seen>): [string, string] {
  const reader = new ObservationReader(observations(seen));
  expect(reader.next()).toBe(true);
  const at = (offset: number) => hex64(reader.uint32(offset + 4), reader.uint32(offset));
  return [at(layout.trackingId), at(layout.key)];
}

test("an echo has the L3TrackingID of Skydive's test of layer key modes", () => {
  expect(ids(echo)[0]).toBe('9e42a86914a043b8');
});

test('a TrackingID knows no direction, MACs, VLANs or tunnels', () => {
  const [id] = ids({});
  expect(ids({ from: server, to: client })[0]).toBe(id);
  expect(ids({ from: { ...client, mac: new Uint8Array(6) }, linkId: 8n, parent: { high: 1, low: 2 } })[0]).toBe(id);
});

test.each<[string, Partial<Seen>]>([
  ['another port', { from: { ...client, port: 40_001 } }],
  ['another address', { to: end('10.0.0.3', 443, 2) }],
  ['another protocol', { protocol: 17 }],
])('%s is another conversation', (_, other) => {
  expect(ids(other)[0]).not.toBe(ids({})[0]);
});

test('MACs, VLANs and the tunnel around make another conversation of one place, in layer key mode L3 only the tunnel', () => {
  const [, key] = ids({});
  const [, l3] = ids({ isL3Key: true });
  const mac = { from: { ...client, mac: new Uint8Array(6) } };
  expect(ids(mac)[1]).not.toBe(key);
  expect(ids({ linkId: 8n })[1]).not.toBe(key);
  expect(ids({ ...mac, linkId: 8n, isL3Key: true })[1]).toBe(l3);
  expect(ids({ parent: { high: 1, low: 2 } })[1]).not.toBe(key);
  expect(ids({ parent: { high: 1, low: 2 }, isL3Key: true })[1]).not.toBe(l3);
});

test('the outside of a tunnel is one conversation, whatever its source ports', () => {
  const vxlan = { protocol: 17, tunnelPort: 4789, networkId: 42 };
  const [id] = ids({ ...vxlan, from: { ...client, port: 50_000 }, to: { ...server, port: 4789 } });
  expect(ids({ ...vxlan, from: { ...client, port: 4789 }, to: { ...server, port: 60_000 } })[0]).toBe(id);
  expect(ids({ ...vxlan, networkId: 43 })[0]).not.toBe(id);
});

test('what has no ports is told apart by its protocol', () => {
  const esp = { protocol: 50, from: end('10.0.0.1', 0, 1), to: end('10.0.0.2', 0, 2) };
  expect(ids({ ...esp, protocol: 47 })[0]).not.toBe(ids(esp)[0]);
  // As the engine in C++ has it.
  expect(ids(esp)[0]).toBe('dda439e77d17c559');
});

test('without a network layer the MACs are the conversation', () => {
  const arp = { protocol: 0, etherType: 0x0806, layers: ['Ethernet', 'ARP'] as const };
  const macs = (from: number, to: number) => ({
    ...arp,
    from: { mac: new Uint8Array([2, 0, 0, 0, 0, from]) },
    to: { mac: new Uint8Array([2, 0, 0, 0, 0, to]) },
  });
  expect(ids(macs(1, 2))[0]).toBe(ids(macs(2, 1))[0]);
  expect(ids(macs(1, 2))[0]).not.toBe(ids(macs(1, 3))[0]);
  const { table, all } = tableOf();
  table.observe(observations(macs(1, 2)), 1000);
  const [flow] = all();
  expect(flow).toMatchObject({ LayersPath: 'Ethernet/ARP', Application: 'ARP', L2TrackingID: flow?.TrackingID });
  expect(flow).not.toHaveProperty('CommunityID');
  expect(flow).not.toHaveProperty('Network');
});

test('at another place, in another capture, and at another time it is another flow with the same TrackingID', () => {
  const { table, told, all } = tableOf();
  const elsewhere = table.addPlace(place({ node: 'node-2' }));
  const other = table.addPlace(place({ capture: 'capture-2' }));
  table.observe(observations({}, { source: elsewhere }, { source: other }), 1000);
  table.finish();
  table.observe(observations({ firstMs: 3000, lastMs: 3000 }), 3000);
  const flows = [...told, ...all()];
  expect(new Set(flows.map(({ UUID }) => UUID)).size).toBe(4);
  expect(new Set(flows.map(({ TrackingID }) => TrackingID)).size).toBe(1);
});

test('two MACs of one conversation are told apart by L2TrackingID', () => {
  const { table, all } = tableOf();
  table.observe(observations({}, { from: { ...client, mac: new Uint8Array([2, 0, 0, 0, 0, 9]) } }), 1000);
  const flows = all();
  expect(flows.length).toBe(2);
  expect(new Set(flows.map(({ TrackingID }) => TrackingID)).size).toBe(1);
  expect(new Set(flows.map(({ L2TrackingID }) => L2TrackingID)).size).toBe(2);
});

test('what was captured without a link layer has no L2TrackingID', () => {
  const { table, all } = tableOf();
  table.observe(observations({ layers: ['IPv4', 'TCP'] }), 1000);
  expect(all()[0]).not.toHaveProperty('L2TrackingID');
  expect(all()[0]).not.toHaveProperty('Link');
  expect(all()[0]).toMatchObject({ CommunityID: expect.stringMatching(/^1:/), Network: { A: '10.0.0.1' } });
});

test('what travels in a tunnel names it, also when the tunnel is seen later or has ended', () => {
  const { table, told, all } = tableOf();
  const [outer] = [{ from: end('172.16.0.1'), to: end('172.16.0.2'), protocol: 47, networkId: 7 }];
  const layers = ['Ethernet', 'IPv4', 'GRE'] as const;
  const reader = new ObservationReader(observations({ ...outer, layers }));
  reader.next();
  const parent = { high: reader.uint32(layout.key + 4), low: reader.uint32(layout.key) };
  table.observe(observations({ parent, layers: ['IPv4', 'TCP'] }), 1000);
  expect(all()[0]?.ParentUUID).toBe('');
  table.observe(observations({ ...outer, layers, firstMs: 1001, lastMs: 1001 }), 1001);
  const tunnel = all().find(({ LayersPath }) => LayersPath === 'Ethernet/IPv4/GRE');
  expect(tunnel?.Network?.ID).toBe(7);
  const inside = () => all().find(({ LayersPath }) => LayersPath === 'IPv4/TCP');
  expect(inside()?.ParentUUID).toBe(tunnel?.UUID);
  table.observe(observations({ parent, layers: ['IPv4', 'TCP'] }), 500_000);
  table.tick(700_000);
  expect(told.find(({ UUID }) => UUID === tunnel?.UUID)).toBeDefined();
  expect(all().map(({ ParentUUID }) => ParentUUID)).toEqual([tunnel?.UUID]);
});

test.each(['the capture ends', 'all is over'])('what travels in a tunnel names it when %s before an update', (how) => {
  const { table, told } = tableOf();
  const outer = { from: end('172.16.0.1'), to: end('172.16.0.2'), protocol: 47 };
  const tunnel = observations({ ...outer, layers: ['Ethernet', 'IPv4', 'GRE'] });
  const reader = new ObservationReader(tunnel);
  reader.next();
  const parent = { high: reader.uint32(layout.key + 4), low: reader.uint32(layout.key) };
  const inside = (port: number) => observations({ parent, from: end('10.0.0.1', port), layers: ['IPv4', 'TCP'] });
  for (const bytes of [inside(1), tunnel, inside(2)]) table.observe(bytes, 1000);
  if (how === 'all is over') table.finish();
  else table.removePlace(1);
  const [first, second, third] = ['Ethernet/IPv4/GRE', 'IPv4/TCP'].flatMap((path) =>
    told.filter(({ LayersPath }) => LayersPath === path),
  );
  expect(told).toHaveLength(3);
  expect([second?.ParentUUID, third?.ParentUUID]).toEqual([first?.UUID, first?.UUID]);
});
