import type { KnownEnds, SeenConversation } from '../../src/flow/ends.ts';
import { trackingOf } from '../../src/flow/tuple-tracking.ts';
import type { FlowTest } from '../../src/flow/view.ts';
import { client, end, observations, server, tableOf } from './seen.ts';

const nat = {
  Type: 'SNAT',
  A: '192.0.2.1',
  B: '10.0.0.2',
  APort: 40_000,
  BPort: 443,
  IsTranslated: false,
  Node: 'router',
  Zone: 3,
} as const;
const everybody: KnownEnds = { Process: { A: 'curl', B: 'nginx' }, Pid: { A: 7, B: 8 }, Service: 'nginx', NAT: nat };

test('who is at the ends is asked for when a flow is told, with A as the one who began', () => {
  const asked: SeenConversation[] = [];
  const { table, told } = tableOf({
    lookUpEnds: (conversation) => {
      asked.push(conversation);
      return everybody;
    },
  });
  table.observe(observations({ startedBy: 'from' }), 0);
  expect(asked).toEqual([]);
  table.tick(1_000);
  expect(asked).toEqual([{ node: 'node-1', protocol: 6, a: '10.0.0.1', b: '10.0.0.2', aPort: 40_000, bPort: 443 }]);
  expect(told[0]).toMatchObject({
    Process: { A: 'curl', B: 'nginx' },
    Service: 'nginx',
    NAT: { Type: 'SNAT', Zone: 3 },
  });
});

test('the conversation beyond a translation has the TrackingID that it has where it is seen', () => {
  const { table, told } = tableOf({ lookUpEnds: () => everybody });
  table.observe(observations({}, { from: end('192.0.2.1', 40_000) }), 0);
  table.tick(1_000);
  const [here, there] = told;
  expect(here?.NAT?.TrackingID).toBe(there?.TrackingID);
  expect(here?.TrackingID).not.toBe(there?.TrackingID);
});

test('TrackingIDs of what was told are those of what was seen: UDP, IPv6 and echoes, from either end', () => {
  const { table, told } = tableOf();
  const six = (last: number) => ({ ip: new Uint8Array([0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), last]), port: 5353 });
  table.observe(
    observations(
      { protocol: 17, layers: ['Ethernet', 'IPv4', 'UDP'] },
      { etherType: 0x86dd, from: six(9), to: six(1), protocol: 17, layers: ['Ethernet', 'IPv6', 'UDP'] },
      {
        protocol: 1,
        layers: ['Ethernet', 'IPv4', 'ICMPv4'],
        icmp: { class: 2, code: 0, id: 77 },
        from: end('10.0.0.1'),
        to: end('10.0.0.2'),
      },
    ),
    0,
  );
  table.tick(1_000);
  const given = [
    { protocol: 17, a: '10.0.0.2', b: '10.0.0.1', aPort: 443, bPort: 40_000 },
    { protocol: 17, a: '2001:db8::1', b: '2001:db8::9', aPort: 5353, bPort: 5353 },
    { protocol: 1, a: '10.0.0.2', b: '10.0.0.1', aPort: 77, bPort: 77 },
  ];
  expect(given.map(trackingOf)).toEqual(told.map(({ TrackingID }) => TrackingID));
});

test('what is no address has no TrackingID', () => {
  const made = ['10.0.0', '10.0.0.256', 'x', '::1::', '1:2:3', 'fe80::g'].map((a) =>
    trackingOf({ protocol: 6, a, b: '10.0.0.2', aPort: 1, bPort: 2 }),
  );
  expect(made).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
});

test('it is asked again while something is unknown, and what was known stays', () => {
  const answers: (KnownEnds | undefined)[] = [
    undefined,
    { Process: { A: 'curl' }, Pid: { A: 7 } },
    { Process: { A: 'other', B: 'nginx' }, NAT: nat },
    { Process: { A: 'never', B: 'asked' } },
  ];
  let asked = 0;
  const { table, told } = tableOf({ lookUpEnds: () => answers[asked++] });
  for (let i = 0; i < 5; i++) {
    table.observe(observations({ lastMs: 1000 + i * 10_000 }), i * 10_000);
    table.tick(1_000 + i * 10_000);
    table.tick(i * 10_000 + 9_999);
  }
  expect(told.map(({ Process }) => Process)).toEqual(
    [undefined, { A: 'curl' }, { A: 'curl', B: 'nginx' }, { A: 'curl', B: 'nginx' }, { A: 'curl', B: 'nginx' }].slice(
      0,
      told.length,
    ),
  );
  expect(told.length).toBeGreaterThanOrEqual(4);
  expect(asked).toBe(3);
});

test('a flow that is turned round takes the names of its ends with it', () => {
  const { table, told, all } = tableOf({ lookUpEnds: () => everybody });
  table.observe(observations({ from: server, to: client }), 0);
  table.tick(1_000);
  expect(told[0]?.Process).toEqual({ A: 'curl', B: 'nginx' });
  expect(told[0]?.Network?.A).toBe('10.0.0.2');
  table.observe(observations({ startedBy: 'from', isStartCertain: true }), 2_000);
  const [flow] = all();
  expect(flow?.Network?.A).toBe('10.0.0.1');
  expect(flow).toMatchObject({
    Process: { A: 'nginx', B: 'curl' },
    Pid: { A: 8, B: 7 },
    NAT: { A: '10.0.0.2', BPort: 40_000 },
  });
});

test('flows are found by the processes, containers and services at their ends', () => {
  const ID = 'c'.repeat(64);
  const { table } = tableOf({
    lookUpEnds: ({ aPort }) =>
      aPort === 40_000 ? { Process: { A: 'curl' }, ContainerID: { B: ID }, Service: 'nginx', NAT: nat } : undefined,
  });
  table.observe(observations({}, { from: end('10.0.0.9', 50_000) }), 0);
  table.tick(1_000);
  const id = trackingOf({ protocol: 6, a: nat.A, b: nat.B, aPort: nat.APort, bPort: nat.BPort });
  const asked: [string, unknown][] = [
    ['Process', 'curl'],
    ['Process.A', 'curl'],
    ['Process.B', 'curl'],
    ['ContainerID', ID],
    ['Service', 'nginx'],
    ['NAT.TrackingID', id],
    ['NAT.Type', 'SNAT'],
  ];
  const counts = asked.map(([field, wanted]) => {
    const test: FlowTest['test'] = (value) =>
      Array.isArray(value) ? value.includes(wanted as string) : value === wanted;
    return table.count({ where: [{ anyOf: [{ field, test }] }] });
  });
  expect(counts).toEqual([1, 1, 0, 1, 1, 1, 1]);
});

test('nothing is kept of a flow that is over', () => {
  const { table, all } = tableOf({ lookUpEnds: ({ aPort }) => (aPort === 40_000 ? everybody : undefined) });
  table.observe(observations({}), 0);
  table.tick(1_000);
  table.finish();
  table.observe(observations({ from: end('10.0.0.7', 1) }), 2_000);
  expect(all().map(({ Process }) => Process)).toEqual([undefined]);
});
