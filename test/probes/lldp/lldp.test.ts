/** Frames that neighbours send, good and bad, and what the probe makes of them. */
import fc from 'fast-check';
import { fakeDoor } from '../../../src/native/fake.ts';
import { readCdp } from '../../../src/probes/lldp/cdp.ts';
import { neighboursAlone } from '../../../src/probes/lldp/filter.ts';
import { neighboursIn } from '../../../src/probes/lldp/frames.ts';
import { lldp } from '../../../src/probes/lldp/index.ts';
import { readLldp } from '../../../src/probes/lldp/lldp.ts';
import type { Probe } from '../../../src/probes/probe.ts';
import { eventually } from '../../eventually.ts';
import { expectVocabulary, runProbe, self } from '../context.ts';

const ascii = (text: string) => [...Buffer.from(text)];
const tlv = (type: number, ...value: number[]) => [(type << 1) | (value.length >> 8), value.length & 0xff, ...value];
const organization = (oui: readonly number[], subtype: number, ...value: number[]) =>
  tlv(127, ...oui, subtype, ...value);
const [ieee8021, ieee8023, med] = [
  [0x00, 0x80, 0xc2],
  [0x00, 0x12, 0x0f],
  [0x00, 0x12, 0xbb],
] as const;

const mandatory = [...tlv(1, 4, 0x02, 0xfc, 0, 0, 0, 1), ...tlv(2, 5, ...ascii('Ethernet1/7')), ...tlv(3, 0, 120)];
const everything = Uint8Array.from([
  ...mandatory,
  ...tlv(4, ...ascii('uplink of rack 7')),
  ...tlv(5, ...ascii('tor1.example.org')),
  ...tlv(6, ...ascii('an operating system')),
  ...tlv(7, 0x00, 0x14, 0x00, 0x04),
  ...tlv(8, 5, 1, 192, 0, 2, 1, 2, 0, 0, 0, 1, 0),
  ...tlv(8, 17, 2, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 1, 0),
  ...organization(ieee8021, 1, 0, 10),
  ...organization(ieee8021, 2, 6, 0, 20),
  ...organization(ieee8021, 3, 0, 10, 4, ...ascii('prod')),
  ...organization(ieee8021, 5, 0, 0, 1, 0),
  ...organization(ieee8021, 6, 0, 99),
  ...organization(ieee8021, 7, 3, 0, 0, 0, 5),
  ...organization(ieee8023, 4, 0x05, 0xf2),
  ...organization(med, 8, ...ascii('SN123')),
  ...tlv(0),
  ...ascii('what comes after the end'),
]);

test('all that a switch says over LLDP is read', () => {
  expect(readLldp(everything)).toEqual({
    protocol: 'LLDP',
    chassis: 'MAC Address 02:fc:00:00:00:01',
    port: 'Interface Name Ethernet1/7',
    name: 'tor1.example.org',
    systemName: 'tor1.example.org',
    portName: 'uplink of rack 7',
    ttlS: 120,
    mtu: 1522,
    ofDevice: {
      ChassisID: '02:fc:00:00:00:01',
      ChassisIDType: 'MAC Address',
      SysName: 'tor1.example.org',
      Description: 'an operating system',
      MgmtAddress: '192.0.2.1',
      MgmtAddresses: ['192.0.2.1', '2001:db8::1'],
      Capabilities: ['Bridge', 'Router'],
      EnabledCapabilities: ['Bridge'],
      SerialNumber: 'SN123',
    },
    ofPort: {
      PortID: 'Ethernet1/7',
      PortIDType: 'Interface Name',
      Description: 'uplink of rack 7',
      PVID: 10,
      PPVIDs: [{ ID: 20, Supported: true, Enabled: true }],
      VLANNames: [{ ID: 10, Name: 'prod' }],
      VIDUsageDigest: 256,
      ManagementVID: 99,
      LinkAggregation: { Supported: true, Enabled: true, PortID: 5 },
      LinkAgggregation: { Supported: true, Enabled: true, PortID: 5 },
    },
  });
});

test('a port without a description is called by its id', () => {
  expect(readLldp(Uint8Array.from(mandatory))?.portName).toBe('Ethernet1/7');
  expect(readLldp(Uint8Array.from([...mandatory, ...tlv(4, 0)]))?.portName).toBe('Ethernet1/7');
});

test('zeros at the end of texts are none of them, and numbers that say nothing are not shown', () => {
  const padded = [
    ...[...mandatory, ...tlv(4, ...ascii('Summit300-48-Port 1001'), 0), ...tlv(5, ...ascii('Summit300-48'), 0)],
    ...tlv(8, 7, 6, 0x02, 0xfc, 0, 0, 0, 1, 2, 0, 0, 3, 0xe9, 0),
    ...[...organization(ieee8023, 3, 1, 0, 0, 0, 0), ...organization(ieee8023, 4, 0x05, 0xf2)],
    ...[...organization(ieee8021, 1, 0x01, 0xe8), ...organization(ieee8021, 2, 1, 0, 0)],
    ...organization(ieee8021, 3, 0x01, 0xe8, 16, ...ascii('v2-0488-03-0505'), 0),
    ...[...organization(ieee8021, 5, 0, 0, 0, 0), ...organization(ieee8021, 6, 0, 0), ...tlv(0)],
  ];
  expect(readLldp(Uint8Array.from(padded))).toMatchObject({ name: 'Summit300-48', portName: 'Summit300-48-Port 1001' });
  expect(readLldp(Uint8Array.from(padded))?.ofPort).toEqual({
    PortID: 'Ethernet1/7',
    PortIDType: 'Interface Name',
    Description: 'Summit300-48-Port 1001',
    PVID: 488,
    PPVIDs: [{ ID: 0, Supported: false, Enabled: false }],
    VLANNames: [{ ID: 488, Name: 'v2-0488-03-0505' }],
    LinkAggregation: { Supported: true, Enabled: false, PortID: 0 },
    LinkAgggregation: { Supported: true, Enabled: false, PortID: 0 },
  });
});

test.each([
  ['nothing', []],
  ['parts in another order', [...tlv(2, 5, 65), ...tlv(1, 4, 1, 2, 3, 4, 5, 6), ...tlv(3, 0, 1)]],
  ['no time to live', [...tlv(1, 7, 65), ...tlv(2, 7, 65)]],
  ['an id without anything in it', [...tlv(1, 7), ...tlv(2, 7, 65), ...tlv(3, 0, 1)]],
  ['a part that is longer than the frame', [...tlv(1, 7, 65), ...tlv(2, 7, 65), 0x06, 0xff, 0]],
])('%s is no frame of LLDP', (_, bytes) => {
  expect(readLldp(Uint8Array.from(bytes))).toBeUndefined();
});

/** IEEE 802.3 length, LLC, SNAP, then CDP. */
function cdpPayload(...parts: readonly (readonly [number, readonly number[]])[]): number[] {
  const body = parts.flatMap(([type, value]) => [0, type, 0, value.length + 4, ...value]);
  return [0xaa, 0xaa, 0x03, 0, 0, 0x0c, 0x20, 0, 2, 180, 0, 0, ...body];
}

test('what a device says over CDP is read', () => {
  const payload = cdpPayload(
    [1, ascii('core1')],
    [2, [0, 0, 0, 1, 1, 1, 0xcc, 0, 4, 198, 51, 100, 7]],
    [3, ascii('GigabitEthernet1/0/7')],
    [4, [0, 0, 0, 0x29]],
    [6, ascii('WS-C3750')],
    [9, ascii('campus')],
    [10, [0, 42]],
    [11, [1]],
    [17, [0, 0, 0x23, 0x28]],
  );
  expect(readCdp(Uint8Array.from(payload))).toEqual({
    protocol: 'CDP',
    chassis: 'CDP core1',
    port: 'CDP GigabitEthernet1/0/7',
    name: 'core1',
    systemName: 'core1',
    portName: 'GigabitEthernet1/0/7',
    ttlS: 180,
    mtu: 9000,
    ofDevice: {
      DeviceID: 'core1',
      SysName: 'core1',
      Platform: 'WS-C3750',
      Capabilities: ['Router', 'Switch', 'IGMP'],
      Addresses: ['198.51.100.7'],
      VTPDomain: 'campus',
    },
    ofPort: { PortID: 'GigabitEthernet1/0/7', NativeVLAN: 42, Duplex: 'full' },
  });
});

test('whatever arrives, nothing is thrown and texts stay short', () => {
  const cdp = Uint8Array.from(cdpPayload([1, ascii('a')], [3, ascii('b')]));
  const start = fc.constantFrom(everything, cdp);
  const changes = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 20 });
  fc.assert(
    fc.property(start, changes, fc.nat(400), (bytes, changed, cut) => {
      const broken = bytes.slice(0, bytes.length - (cut % bytes.length));
      for (const [at, value] of changed) if (at < broken.length) broken[at] = value;
      for (const one of [readLldp(broken), readCdp(broken)]) expect((one?.systemName ?? '').length).toBeLessThan(1_025);
      const batch = new Uint8Array(8 + broken.length);
      batch.set(broken.subarray(0, 8), 0);
      batch.set(broken, 8);
      expect([...neighboursIn(batch)].length).toBeLessThan(100);
    }),
    { numRuns: 5_000 },
  );
});

const lldpFrame = (...payload: number[]) =>
  Uint8Array.from([0x01, 0x80, 0xc2, 0, 0, 0x0e, 2, 0, 0, 0, 0, 1, 0x88, 0xcc, ...payload]);
const named = (chassis: string, ttl = 120) =>
  lldpFrame(...tlv(1, 7, ...ascii(chassis)), ...tlv(2, 7, ...ascii('p1')), ...tlv(3, ttl >> 8, ttl & 0xff));

async function listening(names?: readonly string[]) {
  const door = fakeDoor();
  const running = runProbe(lldp as Probe, { door, options: { lookMs: 100, ...(names && { interfaces: names }) } });
  const source = { host: 'h', origin: 'agent.h', time: 1000 };
  const { graph, namespaces } = running;
  graph.apply(
    ['eth0', 'eth1'].flatMap((name, at) => [
      { kind: 'node', id: name, metadata: { Type: 'device', Name: name, IfIndex: at + 2 } } as const,
      { kind: 'edge', parent: self.id, child: name, metadata: { RelationType: 'ownership' } } as const,
    ]),
    source,
  );
  const [host] = graph.now().nodes();
  namespaces.add({ nodeId: host?.id ?? '', tid: 't', path: '/proc/self/ns/net', cookie: 1n, name: 'h' });
  await running.ready;
  await eventually(() => expect(door.frames).toHaveLength(2));
  const switches = () =>
    [...graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'switch').map(({ metadata }) => metadata.Name);
  return { door, running, switches: switches, socket: door.frames[0] as (typeof door.frames)[number] };
}

test('a flood of invented switches fills sixteen places at an interface, and is counted', async () => {
  const { running, socket, switches } = await listening();
  for (let at = 0; at < 1_000; at++) socket.push(2, named(`invented ${at}`));
  await eventually(() => expect(switches()).toHaveLength(16));
  expect(running.counters.neighboursRefused).toBe(984);
  socket.push(3, named('the real one'));
  await eventually(() => expect(switches()).toContain('the real one'));
  expectVocabulary(lldp as Probe, running.graph);
  await running.stop();
  expect(socket.isClosed).toBe(true);
});

test('frames that make no sense are counted and change nothing', async () => {
  const { running, socket, switches } = await listening();
  socket.push(2, lldpFrame(1, 2, 3));
  socket.push(2, named('good'));
  await eventually(() => expect(switches()).toEqual(['good']));
  expect(running.counters.unreadable).toBe(1);
  socket.push(2, named('good', 0));
  await eventually(() => expect(switches()).toEqual([]));
  await running.stop();
});

test('of interfaces that are named only those are listened to', async () => {
  const { running, socket, switches } = await listening(['eth1']);
  await eventually(() => expect(new Set(socket.joined)).toEqual(new Set([3])));
  socket.push(2, named('elsewhere'));
  socket.push(3, named('here'));
  await eventually(() => expect(switches()).toEqual(['here']));
  await running.stop();
});

/** Runs a filter as the kernel would (linux/filter.h): what it needs of it. */
function passes(filter: Uint8Array, frame: Uint8Array, isSent: boolean): boolean {
  const view = new DataView(filter.buffer, filter.byteOffset, filter.length);
  const bytes = new DataView(frame.buffer, frame.byteOffset, frame.length);
  let value = 0;
  for (let at = 0; at < filter.length; at += 8) {
    const [code, number] = [view.getUint16(at, true), view.getUint32(at + 4, true)];
    if (code === 0x06) return number > 0;
    if (code === 0x20) value = number === 0xfffff004 ? (isSent ? 4 : 2) : bytes.getUint32(number);
    else if (code === 0x28) value = bytes.getUint16(number);
    else at += 8 * view.getUint8(at + (value === number ? 2 : 3));
  }
  throw new Error('it has no end');
}

test('the filter of a socket that hears everything knows neighbours, who sends, and which way', () => {
  const own = [Uint8Array.of(2, 0, 0, 0, 0, 9), Uint8Array.of(2, 0, 0, 0, 0, 1)];
  const frame = named('a');
  const foreign = Uint8Array.from(frame);
  foreign[11] = 7;
  const cdp = Uint8Array.of(1, 0, 0x0c, 0xcc, 0xcc, 0xcc, 2, 0, 0, 0, 0, 7, 0, 20, 0xaa);
  const others = [Uint8Array.from(cdp).fill(0xff, 0, 6), Uint8Array.from(cdp).fill(0xcd, 5, 6), foreign.slice()];
  others[2]?.fill(8, 12, 13);
  const arriving = neighboursAlone({ arriving: true });
  const both = neighboursAlone({ arriving: true, sentBesides: own });
  const sent = neighboursAlone({ arriving: false, sentBesides: own });
  for (const one of [foreign, cdp]) {
    expect([arriving, both, sent].map((filter) => passes(filter, one, false))).toEqual([true, true, false]);
    expect([arriving, both, sent].map((filter) => passes(filter, one, true))).toEqual([false, true, true]);
  }
  expect([arriving, both, sent].map((filter) => passes(filter, frame, true))).toEqual([false, false, false]);
  for (const one of others)
    for (const isSent of [true, false])
      expect([arriving, both, sent].some((filter) => passes(filter, one, isSent))).toBe(false);
});

test('namespaces in which it may not listen are told of in one sentence, with what would do', async () => {
  const door = fakeDoor();
  const refusing = {
    ...door,
    openFrames: async ({ netns = '' }) => {
      const attempt = netns.endsWith('1') ? `setns ${netns}` : 'open packet socket';
      throw Object.assign(new Error(`${attempt}: EPERM`), { code: 'EPERM' });
    },
  };
  const running = runProbe(lldp as Probe, { door: refusing, options: { lookMs: 100 } });
  for (let at = 1; at <= 7; at++)
    running.namespaces.add({
      nodeId: `n${at}`,
      tid: 't',
      path: `/run/netns/n${at}`,
      cookie: BigInt(at),
      name: `n${at}`,
    });
  await running.ready;
  await eventually(() =>
    expect(running.notices.at(-1)).toBe(
      'neighbours in n1, n2, n3, n4, n5 and 2 more are not heard: needs CAP_NET_RAW and CAP_SYS_ADMIN',
    ),
  );
  for (let at = 1; at <= 7; at++) running.namespaces.remove(`n${at}`);
  await eventually(() => expect(running.notices.at(-1)).toBeUndefined());
  await running.stop();
});

test('the same said twice makes no new version', async () => {
  const { running, socket, switches } = await listening();
  socket.push(2, named('a'));
  await eventually(() => expect(switches()).toEqual(['a']));
  const before = running.graph.revision;
  for (let at = 0; at < 10; at++) socket.push(2, named('a'));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(running.graph.revision).toBe(before);
  await running.stop();
});
