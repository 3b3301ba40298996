import { CT } from '../../../src/native/ctnetlink.ts';
import { fakeDoor } from '../../../src/native/fake.ts';
import { type Message, MessageBuilder } from '../../../src/native/nlmsg.ts';
import { conntrack } from '../../../src/probes/conntrack/index.ts';
import type { Probe } from '../../../src/probes/probe.ts';
import { eventually } from '../../eventually.ts';
import { type Running, runProbe, self } from '../context.ts';

let entries = 0;
let running: Running;

afterEach(() => running.stop());

test('a table that is nearly full is a notice until it is well below', async () => {
  entries = 80;
  start();
  await eventually(() => expect(running.notices.at(-1)).toMatch(/^the connection tracking table of h is nearly full/));
  entries = 76;
  await eventually(() => expect(level('Entries')).toBe(76));
  expect(running.notices.at(-1)).toMatch(/nearly full/);
  entries = 74;
  await eventually(() => expect(running.notices.at(-1)).toBeUndefined());
});

test('what processors counted is added up; how full the table is makes no version', async () => {
  entries = 1;
  start();
  await eventually(() => expect(level('Entries')).toBe(1));
  expect(running.graph.now().counters(self.id, 'ConntrackStats')?.total).toMatchObject({ Drop: 6, EarlyDrop: 0 });
  const [before] = running.graph.now().nodes(self.id);
  entries = 60;
  await eventually(() => expect(level('Entries')).toBe(60));
  expect([...running.graph.now().nodes(self.id)][0]).toBe(before);
  expect(before?.metadata.Conntrack).toEqual({ Max: 100 });
});

test('what an earlier run said of a namespace without entries is taken back', async () => {
  entries = 1;
  start();
  await eventually(() => expect(level('Entries')).toBe(1));
  await running.stop();
  entries = 0;
  start(running);
  await running.ready;
  expect([...running.graph.now().nodes(self.id)][0]?.metadata).toEqual({ Type: 'host', Name: self.name });
});

test('a kernel that answers with nonsense is asked again', async () => {
  running = runProbe(conntrack as Probe, {
    door: fakeDoor({
      netlink: () => [new Uint8Array(new MessageBuilder(CT.entry, 0).fixed(new Uint8Array(3)).build())],
    }),
    options: { pollMs: 50 },
  });
  addHost();
  await running.ready;
  expect(running.graph.now().counters(self.id, 'Conntrack')).toBeUndefined();
});

function start(before?: Running): void {
  const door = fakeDoor({ netlink: answer });
  running = runProbe(conntrack as Probe, { door, options: { pollMs: 50, countMs: 50 }, ...(before ? { before } : {}) });
  if (!before) addHost();
}

function addHost(): void {
  running.namespaces.add({ nodeId: self.id, tid: self.tid, path: '/proc/self/ns/net', cookie: 1n, name: self.name });
}

function answer({ type }: Message): Uint8Array[] {
  if (type === CT.getStats) return [stats([1, entries], [2, 100])];
  // Two processors.
  if (type === CT.getCpuStats) return [stats([10, 2]), stats([10, 4])];
  return [];
}

function stats(...values: [number, number][]): Uint8Array {
  const message = new MessageBuilder(CT.getStats, 0).fixed(new Uint8Array(4));
  for (const [type, value] of values) message.bytes(type, new Uint8Array([0, 0, 0, value]));
  return message.build();
}

function level(name: string): number | undefined {
  return running.graph.now().counters(self.id, 'Conntrack')?.total[name];
}
