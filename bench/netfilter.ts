/**
 * The probe of packet filters beside many rules, in a namespace of its own, shaped as kube-proxy shapes them: the first
 * reading, what changes cost and how many versions they make, and namespaces without any rules; beside
 * `nft -j list ruleset` and beside a bare dump that nobody looks into, in the same run. Needs root.
 *
 *     node bench/netfilter.ts [--rules 5000] [--seconds 10] [--namespaces 100]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { SocketTable } from '../src/ends/socket-table.ts';
import { TranslationTable } from '../src/ends/translation-table.ts';
import type { Change } from '../src/graph/change.ts';
import { Graph } from '../src/graph/graph.ts';
import { Conversation } from '../src/native/conversation.ts';
import { openDoor } from '../src/native/index.ts';
import { namespaceRegistry } from '../src/probes/namespaces.ts';
import { netfilter } from '../src/probes/netfilter/index.ts';
import { dumpOf, NETLINK_NETFILTER, NFT } from '../src/probes/netfilter/nftnetlink.ts';
import type { ProbeContext } from '../src/probes/probe.ts';
import { watchStretches } from './stretch.ts';

const { values } = parseArgs({
  options: {
    rules: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '10' },
    namespaces: { type: 'string', default: '100' },
  },
});
/** Rules that one service makes. */
const PER_SERVICE = 8;
const door = openDoor();
const made: string[] = [];

function namespace(index: number | string): string {
  const name = `sknft${process.pid}x${index}`;
  execFileSync('ip', ['netns', 'add', name]);
  made.push(name);
  return name;
}

function nft(netns: string, script: string): void {
  execFileSync('ip', ['netns', 'exec', netns, 'nft', '-f', '-'], { input: script });
}

/** A table as kube-proxy writes it, whole. `round`: the endpoints of so many services are others each time. */
function table(rules: number, round = 0): string {
  const lines: string[] = [];
  const services: string[] = [];
  const count = Math.floor(rules / PER_SERVICE);
  for (let at = 0; at < count; at++) {
    const own = `10.96.${at >> 8}.${at & 255}`;
    services.push(`ip daddr ${own} tcp dport 80 counter jump SVC-${at} comment "ns/service-${at}:http"`);
    lines.push(`chain SVC-${at} {`);
    lines.push(`ip saddr != 10.244.0.0/16 ip daddr ${own} tcp dport 80 counter meta mark set mark or 0x4000`);
    lines.push(`numgen random mod 2 < 1 counter goto SEP-${at}-0`, `counter goto SEP-${at}-1`, '}');
    for (const end of [0, 1]) {
      const pod = `10.244.${(at + round) & 255}.${2 + end}`;
      lines.push(`chain SEP-${at}-${end} {`, `ip saddr ${pod} counter meta mark set mark or 0x4000`);
      lines.push(`meta l4proto tcp counter dnat to ${pod}:8080`, '}');
    }
  }
  const chains = lines.filter((line) => line.startsWith('chain')).map((line) => `${line} }`);
  const body = `chain services {\n${services.join('\n')}\n}`;
  const hook = 'chain pre { type nat hook prerouting priority -100; jump services; }';
  const [before, after] = ['table ip kube-proxy', 'delete table ip kube-proxy'];
  return `${before}\n${after}\n${before} {\n${chains.join('\n')}\n${lines.join('\n')}\n${body}\n${hook}\n}\n`;
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const text = (value: number, digits = 1) => value.toFixed(digits);
const median = (all: number[]) => [...all].sort((one, other) => one - other)[all.length >> 1] as number;

interface Running {
  readonly graph: Graph;
  /** Versions that came to be of nodes of our own, and those that are gone. */
  readonly told: { nodes: number; gone: number; counters: number };
  readonly counts: Map<string, number>;
  stop(): Promise<void>;
}

async function run(names: readonly string[], options: object): Promise<Running> {
  const graph = new Graph({ indexed: ['Name', 'Type'] });
  const source = () => ({ host: 'bench', origin: 'agent.bench', time: Date.now() });
  const namespaces = namespaceRegistry();
  for (const name of names) {
    graph.apply([{ kind: 'node', id: name, metadata: { Type: 'netns', Name: name }, owns: new Set() }], source());
    const path = `/run/netns/${name}`;
    namespaces.add({ nodeId: name, tid: '', path, cookie: door.netnsIdentity(path).cookie, name });
  }
  const stop = new AbortController();
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const told = { nodes: 0, gone: 0, counters: 0 };
  const counts = new Map<string, number>();
  const apply = (changes: readonly Change[]) => {
    for (const change of changes)
      if (change.kind === 'node') told.nodes++;
      else if (change.kind === 'gone') told.gone++;
      else if (change.kind === 'counters') told.counters++;
    return graph.apply(changes, source());
  };
  const context: ProbeContext<ReturnType<typeof netfilter.options.parse>> = {
    options: netfilter.options.parse(options),
    door,
    graph: { apply },
    sockets: new SocketTable(),
    translations: new TranslationTable(),
    view: () => graph.now(),
    host: { name: 'bench', id: 'host', tid: '', bootId: 'bench' },
    signal: stop.signal,
    log: { info() {}, warn: console.warn },
    ready: resolve,
    notice() {},
    count: (name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
    namespaces,
  };
  const ended = netfilter.run(context);
  ended.catch(reject);
  await ready;
  return {
    graph,
    told,
    counts,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

async function timedDump(netns: string): Promise<{ ms: number; cpu: number; bytes: number }> {
  const socket = await door.openNetlink({ netns: `/run/netns/${netns}`, protocol: NETLINK_NETFILTER });
  const conversation = new Conversation(socket);
  const all = [];
  for (let round = 0; round < 3; round++) {
    const [began, cpu] = [performance.now(), cpuMs()];
    let bytes = 0;
    for await (const batch of conversation.dump(dumpOf(NFT.getRule))) bytes += batch.length;
    all.push({ ms: performance.now() - began, cpu: cpuMs() - cpu, bytes });
  }
  conversation.close();
  return all.sort((one, other) => one.ms - other.ms)[1] as (typeof all)[0];
}

function timedList(netns: string, ...args: string[]): number {
  const times = Array.from({ length: 3 }, () => {
    const began = performance.now();
    spawnSync('ip', ['netns', 'exec', netns, 'nft', ...args, 'list', 'ruleset'], { stdio: 'ignore' });
    return performance.now() - began;
  });
  return median(times);
}

async function first(rules: number): Promise<void> {
  const netns = namespace(`first${rules}`);
  nft(netns, table(rules));
  const dump = await timedDump(netns);
  const json = timedList(netns, '-j');
  const plain = timedList(netns);
  const all: { ms: number; spent: number; longestMs: number; heap: number }[] = [];
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    const heap = process.memoryUsage().heapUsed;
    const longest = watchStretches();
    const [began, cpu] = [performance.now(), cpuMs()];
    const running = await run([netns], { rulesMax: rules });
    const [ms, spent] = [performance.now() - began, cpuMs() - cpu];
    await pause(1);
    const longestMs = longest().cpuMs;
    globalThis.gc?.();
    const { heapUsed } = process.memoryUsage();
    all.push({ ms, spent, longestMs, heap: heapUsed - heap });
    if (round === 2) console.log(`${running.told.nodes} nodes of ${rules} rules`);
    await running.stop();
  }
  const of = (read: (one: (typeof all)[0]) => number) => median(all.map(read));
  const ms = of((one) => one.ms);
  const [cold] = all as [(typeof all)[0]];
  const spent = of((one) => one.spent);
  console.log(`  first reading ${text(ms)} ms, ${text(spent)} ms CPU; before anything is compiled ${text(cold.ms)} ms`);
  console.log(
    `  longest stretch of the event loop ${text(of((one) => one.longestMs))} ms (cold ${text(cold.longestMs)} ms)`,
  );
  console.log(`  ${text(cold.heap / 2 ** 20)} MiB of heap (with --expose-gc)`);
  console.log(
    `  ${text(ms / json, 2)} of nft -j (${text(json)} ms), ${text(ms / plain, 2)} of nft (${text(plain)} ms)`,
  );
  console.log(
    `  ${text(spent / dump.cpu, 1)} times a bare dump (${text(dump.ms)} ms, ${text(dump.cpu)} ms CPU, ${dump.bytes} bytes)`,
  );
}

async function churn(what: string, running: Running, ms: number, each: (round: number) => void): Promise<void> {
  await pause(3_000);
  const before = { ...running.told };
  const end = performance.now() + Number(values.seconds) * 1000;
  const [began, cpu] = [performance.now(), cpuMs()];
  let round = 0;
  // What starting nft costs this process is not the probe's.
  let own = 0;
  for (; performance.now() < end; round++) {
    const at = performance.now();
    const used = cpuMs();
    each(round);
    own += cpuMs() - used;
    await pause(Math.max(0, ms - (performance.now() - at)));
  }
  const share = ((cpuMs() - cpu - own) / (performance.now() - began)) * 100;
  await pause(1000);
  const { told } = running;
  console.log(
    `${what}: ${text(share)} % of a core; a round makes ${text((told.nodes - before.nodes) / round)} versions, ${text((told.gone - before.gone) / round)} ends, ${text((told.counters - before.counters) / round)} readings of counters`,
  );
}

async function changes(rules: number): Promise<void> {
  const netns = namespace('churn');
  nft(netns, `${table(rules)}\nadd table ip other\nadd chain ip other c\n`);
  const running = await run([netns], { rulesMax: rules + 100 });
  await churn('nothing happens', running, 500, () => undefined);
  await churn('a rule comes and goes each 200 ms', running, 200, (round) =>
    nft(netns, round % 2 === 0 ? 'add rule ip other c tcp dport 22 drop' : 'flush chain ip other c'),
  );
  const same = table(rules);
  await churn('a table is replaced by the same each second', running, 1000, () => nft(netns, same));
  await churn('a table is replaced by another each second', running, 1000, (round) => nft(netns, table(rules, round)));
  for (const [name, value] of running.counts) console.log(`  ${name}: ${value}`);
  await running.stop();
}

async function empty(count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => namespace(index));
  const all: { ms: number; cpu: number; longestMs: number }[] = [];
  for (let round = 0; round < 3; round++) {
    const longest = watchStretches();
    const [began, cpu] = [performance.now(), cpuMs()];
    const running = await run(names, {});
    all.push({ ms: performance.now() - began, cpu: cpuMs() - cpu, longestMs: longest().cpuMs });
    await running.stop();
  }
  const of = (read: (one: (typeof all)[0]) => number) => median(all.map(read));
  console.log(
    `${count} namespaces without rules: ${text(of((one) => one.ms))} ms, ${text(of((one) => one.cpu) / count, 2)} ms CPU each; longest stretch ${text(of((one) => one.longestMs))} ms`,
  );
}

try {
  const rules = Number(values.rules);
  await empty(Number(values.namespaces));
  for (const count of [rules, rules * 4]) await first(count);
  await changes(rules);
} finally {
  for (const name of made) execFileSync('ip', ['netns', 'del', name]);
}
process.exit();
