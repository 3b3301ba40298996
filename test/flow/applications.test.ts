import type { Conversation as Asked } from '../../src/flow/application/application.ts';
import { client, life, observations, place, server, tableOf } from './seen.ts';

const payload = (n: number, isReply = false) => ({ ms: n, isReply, sequence: n, bytes: new Uint8Array([n]) });
const layers = {
  DNS: { ID: 1 },
  VRRPv2: { version: 2 },
  TLS: { SNI: 'a.example' },
  HTTP: { Host: 'b.example' },
  Other: { x: 1 },
};

test('payloads are collected until they are understood, and asked about in their order with who started', () => {
  const asked: Asked[] = [];
  const decode = (conversation: Asked) => {
    asked.push({ ...conversation, payloads: [...conversation.payloads] });
    return conversation.payloads.length < 2 ? undefined : { name: 'TLS', path: ['TLS'], layers: {} };
  };
  const { table, all } = tableOf({ decode });
  table.observe(observations({ payloads: [payload(1)] }), 0);
  expect(all()).toMatchObject([{ Application: 'TCP', LayersPath: 'Ethernet/IPv4/TCP' }]);
  table.observe(observations({ from: server, to: client, payloads: [payload(2)] }), 1);
  expect(all()).toMatchObject([{ Application: 'TLS', LayersPath: 'Ethernet/IPv4/TCP/TLS' }]);
  expect(asked.map(({ payloads }) => payloads.map(({ bytes, fromHi }) => [bytes[0], fromHi]))).toEqual([
    [[1, false]],
    [
      [1, false],
      [2, true],
    ],
  ]);
  expect(asked[0]).toMatchObject({ protocol: 6, loPort: 40_000, hiPort: 443, startedByHi: false });
});

test('layers are shown where the capture asks for them, TLS and HTTP everywhere, others never', () => {
  const decode = () => ({ name: 'DNS', layers });
  for (const [wanted, shown] of [
    [[], ['TLS', 'HTTP']],
    [['DNS'], ['DNS', 'TLS', 'HTTP']],
    [
      ['DNS', 'VRRPv2', 'Other'],
      ['DNS', 'VRRPv2', 'TLS', 'HTTP'],
    ],
  ] as const) {
    const { table, all } = tableOf({ decode }, place({ layers: new Set(wanted) }));
    table.observe(observations({ payloads: [payload(1)] }), 0);
    expect(Object.keys(layers).filter((name) => Object.hasOwn(all()[0] ?? {}, name))).toEqual(shown);
  }
});

test('an answer that comes later is understood together with its question', () => {
  const decode = ({ payloads }: Asked) => ({ name: 'DNS', layers: { DNS: { messages: payloads.length } } });
  const { table, all } = tableOf({ decode, life: { ...life, applicationMs: {} } }, place({ layers: new Set(['DNS']) }));
  table.observe(observations({ payloads: [payload(1)] }), 0);
  table.tick(10_000);
  table.observe(observations({ payloads: [payload(2, true)] }), 10_001);
  expect(all()).toMatchObject([{ DNS: { messages: 2 } }]);
});

test('what is not understood any more is forgotten no more than what was', () => {
  const decode = ({ payloads }: Asked) => (payloads.length === 1 ? { name: 'HTTP', layers: {} } : undefined);
  const { table, all } = tableOf({ decode });
  table.observe(observations({ payloads: [payload(1)] }, { payloads: [payload(2)] }), 0);
  expect(all()).toMatchObject([{ Application: 'HTTP' }]);
});

test('a conversation can have its application from its ports where no decoder knows', () => {
  const application = (protocol: number, _: number, bPort: number) =>
    protocol === 6 && bPort === 443 ? 'HTTPS' : undefined;
  const { table, all } = tableOf({ application, life: { ...life, applicationMs: { https: 10 } } });
  table.observe(observations({}, { to: { ...server, port: 444 } }), 0);
  expect(all().map(({ Application }) => Application)).toEqual(['HTTPS', 'TCP']);
  table.tick(10);
  expect(all().map(({ Application }) => Application)).toEqual(['TCP']);
});

test('payloads have a bound for each conversation, and are let go', () => {
  let most = 0;
  const decode = ({ payloads }: Asked) => {
    most = Math.max(most, payloads.length);
    return undefined;
  };
  const { table } = tableOf({ decode });
  for (let i = 0; i < 100; i++) table.observe(observations({ payloads: [payload(1)] }), 0);
  expect(most).toBe(16);
  expect(table.stats()).toMatchObject({ payloadsRefused: 84, payloadBytes: 16 });
  table.observe(observations({}), 1);
  table.tick(10_000);
  table.observe(observations({}), 11_000);
  table.tick(20_000);
  expect(table.stats().payloadBytes).toBe(0);
});

test('a decoder that fails is counted and said, and the capture goes on', () => {
  const decode = () => {
    throw new Error('bug');
  };
  const { table, all } = tableOf({ decode });
  table.observe(observations({ payloads: [payload(1)] }), 5);
  expect(all()).toMatchObject([{ Application: 'TCP' }]);
  expect(table.stats().payloadsFailed).toBe(1);
  expect(table.loss()).toMatchObject([{ node: 'node-1', stage: 'decoder', packets: 1, from: 5 }]);
});

test('layers are kept for a bounded number of flows, their names for all', () => {
  const { table, all } = tableOf({ decode: () => ({ name: 'TLS', layers }), layersMax: 2 });
  for (let i = 0; i < 3; i++) table.observe(observations({ from: { ...client, port: i }, payloads: [payload(1)] }), 5);
  expect(all().map(({ Application, TLS }) => [Application, TLS !== undefined])).toEqual([
    ['TLS', true],
    ['TLS', true],
    ['TLS', false],
  ]);
  expect(table.loss()).toMatchObject([{ stage: 'decoder', reason: 'no room for application layers', flows: 1 }]);
  table.finish();
  table.observe(observations({ payloads: [payload(1)] }), 7);
  expect(all()[0]?.TLS).toBeDefined();
});
