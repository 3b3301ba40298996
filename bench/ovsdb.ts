/**
 * The probe of Open vSwitch before a real ovsdb-server with many ports, filled by one transaction: the first picture in the
 * graph, and what it costs while counters of all of them change; beside a bare monitor over the same socket, in the same
 * run, which reads the tables and does nothing with them.
 *
 *     node bench/ovsdb.ts [--ports 2000] [--runs 5]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Graph } from '../src/graph/graph.ts';
import { readAddress } from '../src/ovsdb/address.ts';
import { Rpc } from '../src/ovsdb/rpc.ts';
import { transact } from '../src/ovsdb/transact.ts';
import { ovs } from '../src/probes/ovs/index.ts';
import { watched } from '../src/probes/ovs/watched.ts';
import type { ProbeContext } from '../src/probes/probe.ts';

const { values } = parseArgs({
  options: { ports: { type: 'string', default: '2000' }, runs: { type: 'string', default: '5' } },
});
const ports = Number(values.ports);
const host = { name: 'bench', id: 'host', tid: 'tid', bootId: 'boot' };
const folder = mkdtempSync(join(tmpdir(), 'skein-bench-ovsdb-'));
const database = `unix:${folder}/db.sock`;
const address = readAddress(database);
const never = new AbortController().signal;

execFileSync('ovsdb-tool', ['create', `${folder}/conf.db`, '/usr/share/openvswitch/vswitch.ovsschema']);
const arguments_ = [`${folder}/conf.db`, `--remote=p${database}`, `--unixctl=${folder}/ctl`];
const server = spawn('ovsdb-server', arguments_, { stdio: 'ignore' });
try {
  while (!existsSync(`${folder}/db.sock`)) await sleep(10);
  await fill();
  const bare: number[] = [];
  const whole: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    bare.push(await bareMonitor());
    whole.push(await firstPicture());
  }
  const [floor, first] = [median(bare), median(whole)];
  console.log(`ports               ${ports}`);
  console.log(`bare monitor        ${floor.toFixed(0)} ms`);
  console.log(`first picture       ${first.toFixed(0)} ms (${(first / floor).toFixed(1)} times the bare monitor)`);
  console.log(`counters of all     ${(await counters()).toFixed(0)} ms of CPU for each time the switch tells them`);
} finally {
  const exited = once(server, 'exit');
  server.kill();
  await exited;
  rmSync(folder, { recursive: true });
}

async function fill(): Promise<void> {
  const rows = Array.from({ length: ports }, (_, index) => [
    {
      ...{ op: 'insert', table: 'Interface', 'uuid-name': `i${index}` },
      row: {
        name: `p${index}`,
        type: 'vxlan',
        external_ids: ['map', [['iface-id', `vm${index}`]]],
        statistics: said(1),
      },
    },
    {
      ...{ op: 'insert', table: 'Port', 'uuid-name': `p${index}` },
      row: { name: `p${index}`, interfaces: ['named-uuid', `i${index}`], tag: (index % 4000) + 1 },
    },
  ]).flat();
  const all = ['set', Array.from({ length: ports }, (_, index) => ['named-uuid', `p${index}`])];
  await transact(
    address,
    'Open_vSwitch',
    [
      ...rows,
      { op: 'insert', table: 'Bridge', row: { name: 'br0', ports: all }, 'uuid-name': 'b' },
      { op: 'insert', table: 'Open_vSwitch', row: { bridges: ['named-uuid', 'b'] } },
    ],
    never,
  );
}

function said(count: number): unknown {
  const names = ['rx_bytes', 'rx_packets', 'tx_bytes', 'tx_packets', 'rx_dropped', 'tx_dropped'];
  return ['map', names.map((name) => [name, count])];
}

/** All the probe reads, until the answer is there. */
async function bareMonitor(): Promise<number> {
  const before = performance.now();
  const rpc = await Rpc.open(address, () => undefined, never);
  const requests = Object.fromEntries(Object.entries(watched).map(([table, columns]) => [table, [{ columns }]]));
  await rpc.ask('monitor_cond_since', ['Open_vSwitch', 'bare', requests, '00000000-0000-0000-0000-000000000000']);
  rpc.close();
  return performance.now() - before;
}

async function firstPicture(): Promise<number> {
  const before = performance.now();
  await using running = start();
  await running.ready;
  const took = performance.now() - before;
  if (running.graph.now().nodeCount < 2 * ports) throw new Error('the picture is not whole');
  return took;
}

async function counters(): Promise<number> {
  await using running = start();
  await running.ready;
  // What follows a first picture is over by then.
  await sleep(11_000);
  const idle = await spent(2_000, async () => undefined);
  const times = 3;
  let count = 1;
  const busy = await spent(2_000, async () => {
    for (let time = 0; time < times; time++) {
      const row = { statistics: said(++count) };
      await transact(address, 'Open_vSwitch', [{ op: 'update', table: 'Interface', where: [], row }], never);
    }
  });
  return Math.max(0, busy - idle) / times;
}

async function spent(waitMs: number, act: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await act();
  await sleep(waitMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function start(): AsyncDisposable & { readonly graph: Graph; readonly ready: Promise<void> } {
  const graph = new Graph({ indexed: ['Name', 'Type'] });
  const source = () => ({ host: host.name, origin: `agent.${host.name}`, time: Date.now() });
  graph.apply([{ kind: 'node', id: host.id, metadata: { Type: 'host', Name: host.name }, owns: new Set() }], source());
  const stop = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const context: Partial<ProbeContext<unknown>> = {
    graph: { apply: (changes) => graph.apply(changes, source()) },
    view: () => graph.now(),
    host,
    signal: stop.signal,
    log: console,
    ready: resolve,
    notice: () => undefined,
    count: () => undefined,
  };
  const options = ovs.options.parse({ databases: [database] });
  const ended = ovs.run({ ...context, options } as Parameters<typeof ovs.run>[0]);
  return {
    graph,
    ready,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

function median(all: readonly number[]): number {
  return [...all].sort((a, b) => a - b)[all.length >> 1] as number;
}
