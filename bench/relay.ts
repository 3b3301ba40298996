/**
 * Many agents at one analyzer, in one process: flow updates relayed a second, then all of them connecting at once while
 * questions are answered. `node bench/relay.ts [--agents 1000] [--seconds 10] [--sockets]`. The floor is the codec alone:
 * the same batches decoded and nothing else done. Agents' links and spools run in the same thread, and are in the figures.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import type { Flow } from '../src/flow/flow.ts';
import { Graph } from '../src/graph/graph.ts';
import { AgentRelay } from '../src/relay/agent/agent-relay.ts';
import { Outbox } from '../src/relay/agent/outbox.ts';
import { Agents } from '../src/relay/analyzer/agents.ts';
import { relayDoor } from '../src/relay/analyzer/door.ts';
import { noMemory } from '../src/relay/analyzer/memory.ts';
import type { Dialer } from '../src/relay/link.ts';
import { memoryLinks } from '../src/relay/memory-link.ts';
import type { Facts } from '../src/relay/message.ts';
import { socketDialer } from '../src/relay/socket-link.ts';
import type { SpooledBatch } from '../src/relay/spool/spool.ts';
import { decodeFacts, encodeFacts } from '../src/relay/wire/facts.ts';
import { systemClock as clock } from '../src/std/clock.ts';

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '1000' },
    nodes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    sockets: { type: 'boolean', default: false },
  },
});
const agentCount = Number(values.agents);
const nodesEach = Number(values.nodes);
const seconds = Number(values.seconds);
const FLOWS_EACH = 50;
let lastTurn = 0;
const silent = { info: () => undefined, warn: () => undefined };

const graph = new Graph();
let flowsKept = 0;
const agents = new Agents({
  name: 'bench',
  software: 'bench',
  graph,
  archive: {
    append: () => Promise.resolve(),
    versions: () => Promise.resolve([]),
    open: () => Promise.resolve([]),
    flows: {
      append: ({ flows }) => {
        flowsKept += flows.length;
        return Promise.resolve();
      },
    },
  },
  clock,
  random: Math.random,
  log: silent,
  memory: noMemory,
  decode: decodeFacts,
});

const cuts = new Set<() => void>();
const server = createServer();
const door = relayDoor({ agents });
server.on('upgrade', (request, socket, head) => {
  cuts.add(() => socket.destroy());
  door.upgrade(request, socket, head, {});
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;

function dialer(name: string): Dialer {
  if (values.sockets) return socketDialer({ url });
  return {
    name: 'bench',
    dial() {
      const links = memoryLinks({ clock, agent: name });
      cuts.add(() => links.cut());
      agents.accept(links.analyzer);
      return Promise.resolve(links.agent);
    },
  };
}

const fleet = Array.from({ length: agentCount }, (_, at) => anAgent(at));
function anAgent(at: number) {
  const host = `host-${at}`;
  const spool = listSpool(`spool-${at}`);
  const own = new Graph();
  const picture = () => own.told();
  const outbox = new Outbox({ spool, clock, picture });
  own.subscribe((commit) => outbox.commit(commit));
  const relay = new AgentRelay({
    analyzers: [{ dialer: dialer(host) }],
    agent: `agent-${at}`,
    run: `run-${at}`,
    host,
    software: 'bench',
    spool,
    outbox,
    picture,
    encode: encodeFacts,
    handlers: {},
    clock,
    random: Math.random,
    log: silent,
  });
  const flows = Array.from({ length: FLOWS_EACH }, (_, n) => aFlow(at * FLOWS_EACH + n, `${host}-n${n % nodesEach}`));
  const nodes = Array.from({ length: nodesEach }, (_, n) => ({
    kind: 'node' as const,
    id: `${host}-n${n}`,
    metadata: { Name: `eth${n}`, Type: n === 0 ? 'host' : 'veth', MTU: 1500, State: 'UP', Host: host },
  }));
  own.apply(nodes, { host, origin: `agent.${host}`, time: clock.now() });
  return { relay, outbox, flows, spool };
}

const seen = () => graph.nodes.alive.size;
const connected = () => agents.status().connected;

console.log(`${agentCount} agents, ${agentCount * nodesEach} nodes, over ${values.sockets ? 'WebSockets' : 'memory'}`);
let began = performance.now();
for (const { relay } of fleet) relay.start();
await until(() => seen() === agentCount * nodesEach, 120_000);
console.log(`all connected, and their nodes here: ${since(began)} s`);

// As fast as it goes: each agent tells the next round when the round before is acknowledged.
const before = flowsKept;
const heapBefore = heapMb();
began = performance.now();
let told = 0;
while (performance.now() - began < seconds * 1_000) {
  for (const { outbox, flows, spool } of fleet) {
    if (spool.waiting() > 8) continue;
    outbox.flows(flows);
    outbox.flush();
    told += flows.length;
  }
  await turn();
}
await until(() => flowsKept - before >= told, 60_000);
const tookS = (performance.now() - began) / 1_000;
const rate = (flowsKept - before) / tookS;
console.log(`flow updates relayed: ${Math.round(rate)}/s, links and spools in the same thread included (goal 100000)`);
console.log(`heap: ${heapBefore} MB before, ${heapMb()} MB after ${flowsKept - before} updates`);

const one = encodeFacts(factsOf(fleet[0]?.flows ?? []));
began = performance.now();
let decoded = 0;
while (performance.now() - began < 2_000) decoded += decodeFacts(one).flows.length;
const floor = decoded / ((performance.now() - began) / 1_000);
console.log(`the codec alone decodes ${Math.round(floor)}/s: relayed / decoded = ${(rate / floor).toFixed(2)}`);

const all = [...cuts];
cuts.clear();
for (const cut of all) cut();
await until(() => connected() < agentCount, 5_000);
began = performance.now();
let asked = 0;
let slowestMs = 0;
await until(() => {
  const at = performance.now();
  graph.history([`host-${asked % agentCount}-n1`]);
  asked++;
  slowestMs = Math.max(slowestMs, performance.now() - at, gapMs());
  return connected() === agentCount;
}, 90_000);
console.log(
  `all ${agentCount} back after a cut of all at once: ${since(began)} s (goal 60), ${asked} questions answered meanwhile, the longest anybody waited ${slowestMs.toFixed(0)} ms`,
);
process.exit(0);

function listSpool(id: string) {
  const batches: SpooledBatch[] = [];
  let next = 1;
  /** Each agent encodes on a processor of its own: here it is done once. */
  let round: Uint8Array | undefined;
  return {
    id,
    needsWholeGraph: false,
    get first() {
      return batches[0]?.seq ?? next;
    },
    get next() {
      return next;
    },
    append(facts: Facts) {
      const isRound = facts.graph.length === 0 && facts.flows.length === FLOWS_EACH;
      if (isRound) round ??= encodeFacts(facts);
      batches.push({ seq: next, after: next - 1, facts: (isRound ? round : undefined) ?? encodeFacts(facts) });
      return next++;
    },
    read: (from: number) => batches.filter(({ seq }) => seq >= from),
    acknowledge(upTo: number) {
      while (batches[0] && batches[0].seq <= upTo) batches.shift();
    },
    waiting: () => batches.length,
    status: () => {
      const lost = { graph: 0, samples: 0, flows: 0, rawPackets: 0, sockets: 0 };
      return {
        id,
        first: 0,
        next,
        bytes: 0,
        bytesMax: 1,
        reserveBytes: 0,
        segments: 0,
        lost,
        damaged: 0,
        syncFailures: 0,
      };
    },
  };
}

function aFlow(n: number, node: string): Flow {
  const metric = { ABPackets: 10, ABBytes: 6000, BAPackets: 8, BABytes: 4000, Start: 1e12, Last: 1e12 + 1000 };
  const id = n.toString(16).padStart(16, '0');
  return {
    UUID: id,
    ParentUUID: '',
    TrackingID: id,
    L3TrackingID: id,
    LayersPath: 'Ethernet/IPv4/TCP',
    Application: 'TCP',
    Link: { Protocol: 'ETHERNET', A: '02:00:00:00:00:01', B: '02:00:00:00:00:02', ID: 0 },
    Network: { Protocol: 'IPV4', A: `10.0.${(n >> 8) & 255}.${n & 255}`, B: '10.1.0.1', ID: 0 },
    Transport: { Protocol: 'TCP', A: 30_000 + (n % 30_000), B: 443, ID: 0 },
    Metric: metric,
    LastUpdateMetric: metric,
    Start: 1e12,
    Last: 1e12 + 1000,
    NodeTID: node,
    CaptureID: 'capture',
    RawPacketsCaptured: 0,
  };
}

function factsOf(flows: readonly Flow[]): Facts {
  const none = { graph: [], samples: [], rawPackets: [], losses: [], sockets: [], lost: [] };
  return { time: 1, isWholeGraph: false, isAllSockets: false, flows, ...none };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function until(holds: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  lastTurn = performance.now();
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Since this was asked last: who asked at the worst moment waited that long. */
function gapMs(): number {
  const now = performance.now();
  const gap = now - lastTurn;
  lastTurn = now;
  return gap;
}

function since(start: number): string {
  return ((performance.now() - start) / 1_000).toFixed(1);
}

function heapMb(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
}
