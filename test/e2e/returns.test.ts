/**
 * Skein is killed, and starts again: switches, rules, containers, sockets and translations of addresses are those of
 * before, what went meanwhile ends when it was last known, and what a probe said that is off now is closed. Needs root.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { eventually } from '../eventually.ts';
import { demand, OwnRunc } from '../kernel/containing.ts';
import type { TestNetns } from '../kernel/native_netns.ts';
import { SwitchedHosts } from '../kernel/switched.ts';
import { inFolder, type Running, skeinUp } from './running.ts';

const NAT = 'table ip sk { chain out { type nat hook output priority -100; ip daddr 10.7.9.9 dnat to 10.7.0.2; }; }';
const SERVER = `require('net').createServer((socket) => socket.on('error', () => {}).resume())
  .listen(7000, '10.7.0.2', () => console.log('ready'));`;
const CLIENT = `const socket = require('net').connect(7000, '10.7.9.9', () => console.log('ready'));
  setInterval(() => socket.write('hello'), 200);`;

test(
  'after kill -9 nothing is doubled, left over, or another than before, and what a probe said goes with it',
  () =>
    inFolder(async (data) => {
      demand('runc', 'ovs-vswitchd', 'nft');
      await using hosts = await SwitchedHosts.start();
      using runc = new OwnRunc();
      const { left, right, middle } = hosts;
      const bridge = `unix:${dirname(hosts.database.slice('unix:'.length))}/br0.mgmt`;
      const rules = (...words: string[]) =>
        execFileSync('ovs-ofctl', [...words.slice(0, 1), bridge, ...words.slice(1)]);
      for (const port of [1001, 1002, 1003]) rules('add-flow', `priority=${port},tcp,tp_dst=${port},actions=drop`);
      left.ip('route add 10.7.9.9/32 dev eth0');
      execFileSync('ip', ['netns', 'exec', left.name, 'nft', '-f', '-'], { input: NAT });
      await using _server = await talking(right, SERVER);
      await using _stays = await talking(left, CLIENT);
      const goes = await talking(left, CLIENT);
      for (const name of ['stays', 'goes']) runc.start(name);

      const flags = ['--probes-ovs-databases', hosts.database, '--probes-runc-paths', runc.state];
      const names = [left.name, right.name, middle.name];
      const before = await skeinUp(data, ...flags);
      const first = await eventually(async () => {
        const found = await pictureOf(before, names);
        expect(found.counts()).toEqual({ ...WHOLE, container: 2 });
        expect(found.matches()).toEqual(['', 'tcp,tp_dst=1001', 'tcp,tp_dst=1002', 'tcp,tp_dst=1003']);
        expect(await connections(before, left)).toHaveLength(2);
        expect((await statusOf(before)).Sockets.Translations).toBeGreaterThanOrEqual(2);
        return found;
      });
      expect(first.keys('Conntrack', 'Services', 'Ovs')).toEqual(['Conntrack', 'Ovs', 'Services']);
      // What the archive keeps of sockets is what stayed for some ten seconds, or has closed.
      const then = Date.now();
      await pause(16_000);
      await eventually(async () => expect((await statusOf(before)).Sockets.Archive).toMatchObject({ Queued: 0 }));
      await before.end('SIGKILL');
      const killed = Date.now();
      runc.runc('delete', '-f', 'goes');
      rules('del-flows', 'tcp,tp_dst=1002');
      rules('add-flow', 'priority=1004,tcp,tp_dst=1004,actions=drop');
      await goes[Symbol.asyncDispose]();

      const again = await skeinUp(data, ...flags);
      const second = await eventually(async () => {
        const found = await pictureOf(again, names);
        expect(found.counts()).toEqual({ ...WHOLE, container: 1 });
        expect(found.names('container')).toEqual(['stays']);
        expect(found.matches()).toEqual(['', 'tcp,tp_dst=1001', 'tcp,tp_dst=1003', 'tcp,tp_dst=1004']);
        expect(again.said()).toMatch(/gone since then: \d+ \(.*goes/);
        expect(await connections(again, left)).toHaveLength(1);
        expect((await statusOf(again)).Sockets.Translations).toBeGreaterThanOrEqual(1);
        return found;
      });
      // All that has stayed has the ids and the beginnings that it had: rules with their edges are all that differs.
      expect(first.without(second).map(kindOf)).toEqual(['container goes', 'edge ownership', 'ofrule tcp,tp_dst=1002']);
      expect(second.without(first).map(kindOf)).toEqual(['edge ownership', 'ofrule tcp,tp_dst=1004']);
      const [gone] = (await again.query(`G.At(${then}).V().Has('Type', 'container', 'Name', 'goes')`)) as Node[];
      expect(gone?.DeletedAt).toBeGreaterThanOrEqual(then);
      expect(gone?.DeletedAt).toBeLessThanOrEqual(killed);
      expect(await connections(again, left, `G.At(${then})`)).toHaveLength(2);
      expect(await connections(again, left, `G.At(${killed})`)).toHaveLength(0);
      await again.end('SIGKILL');

      const without = await skeinUp(data, ...flags, '--probes-enabled', 'host,netns,netlink');
      await eventually(async () => {
        const found = await pictureOf(without, names);
        expect(new Set(found.all.map(({ Metadata }) => Metadata.Type))).toEqual(
          new Set(['netns', 'veth', 'tap', 'device']),
        );
        expect(found.keys('Conntrack', 'Services', 'Ovs')).toEqual([]);
        expect(await connections(without, left)).toEqual([]);
      });
      await without.end();

      await using last = await skeinUp(data, ...flags);
      await eventually(async () => {
        const found = await pictureOf(last, names);
        expect(found.all.map(({ ID }) => ID).sort()).toEqual(second.all.map(({ ID }) => ID).sort());
        expect(found.keys('Conntrack', 'Services', 'Ovs')).toEqual(['Conntrack', 'Ovs', 'Services']);
        expect(await connections(last, left)).toHaveLength(1);
      });
    }),
  240_000,
);

/** All that there is besides containers, told by seven probes, each in its own time. */
const WHOLE = {
  ...{
    netns: 3,
    device: 3,
    veth: 4,
    tap: 1,
    internal: 1,
    ovsbridge: 1,
    ovsport: 3,
    ofrule: 4,
    nftchain: 1,
    nftrule: 1,
  },
  // Of ports: to their bridge, and to their devices; of pairs of veths.
  layer2: 8,
  ownership: 18,
};

interface Node {
  readonly ID: string;
  readonly CreatedAt: number;
  readonly DeletedAt: number | null;
  readonly Metadata: Readonly<Record<string, unknown>> & { readonly Type: string; readonly Name: string };
}
interface Edge {
  readonly ID: string;
  readonly Parent: string;
  readonly Child: string;
  readonly CreatedAt: number;
  readonly Metadata: { readonly RelationType: string };
}

/** Those namespaces, all that they own, and the edges between. */
class Picture {
  readonly all: readonly Node[];
  readonly edges: readonly Edge[];

  constructor(nodes: readonly Node[], edges: readonly Edge[], roots: readonly string[]) {
    const inside = new Set(nodes.filter((node) => isRoot(node, roots)).map(({ ID }) => ID));
    for (let size = -1; size !== inside.size; ) {
      size = inside.size;
      for (const { Parent, Child, Metadata } of edges)
        if (Metadata.RelationType === 'ownership' && inside.has(Parent)) inside.add(Child);
    }
    this.all = nodes.filter(({ ID }) => inside.has(ID));
    this.edges = edges.filter(({ Parent, Child }) => inside.has(Parent) && inside.has(Child));
  }

  names(type: string): string[] {
    return this.all
      .filter(({ Metadata }) => Metadata.Type === type)
      .map(({ Metadata }) => Metadata.Name)
      .sort();
  }

  matches(): string[] {
    return this.all.flatMap(({ Metadata: { Type, Match } }) => (Type === 'ofrule' ? [String(Match)] : [])).sort();
  }

  /** How many there are of each type of node, and of each relation. */
  counts(): Record<string, number> {
    const kinds = [
      ...this.all.map(({ Metadata }) => Metadata.Type),
      ...this.edges.map(({ Metadata }) => Metadata.RelationType),
    ];
    return Object.fromEntries([...Map.groupBy(kinds, (kind) => kind)].map(([kind, { length }]) => [kind, length]));
  }

  /** Of these keys those that any node has. */
  keys(...names: readonly string[]): string[] {
    return names.filter((name) => this.all.some(({ Metadata }) => Metadata[name] !== undefined)).sort();
  }

  /** What is here, and is not there, or is not the same one there. */
  without(other: Picture): string[] {
    const there = new Set(other.#lines());
    return this.#lines().filter((line) => !there.has(line));
  }

  #lines(): string[] {
    const nodes = this.all.map(
      ({ ID, CreatedAt, Metadata: { Type, Name, Match } }) => `${Type} ${Name ?? Match} ${ID} ${CreatedAt}`,
    );
    const edges = this.edges.map(({ ID, CreatedAt, Metadata }) => `edge ${Metadata.RelationType} ${ID} ${CreatedAt}`);
    return [...nodes, ...edges].sort();
  }
}

function kindOf(line: string): string {
  return line.split(' ').slice(0, 2).join(' ');
}

/** Containers run in namespaces that have no name, and bridges are of the host. */
function isRoot({ Metadata: { Type, Name } }: Node, namespaces: readonly string[]): boolean {
  if (Type === 'netns') return namespaces.includes(Name);
  return Type === 'container' ? ['stays', 'goes'].includes(Name) : Type === 'ovsbridge' && Name === 'br0';
}

async function pictureOf(skein: Running, names: readonly string[]): Promise<Picture> {
  const [nodes, edges] = await Promise.all([skein.query('G.V()'), skein.query('G.E()')]);
  return new Picture(nodes as Node[], edges as Edge[], names);
}

async function connections(skein: Running, { name }: TestNetns, at = 'G'): Promise<Record<string, unknown>[]> {
  const query = `${at}.V().Has('Type', 'netns', 'Name', '${name}').Sockets().Has('RemotePort', 7000)`;
  const [found] = (await skein.query(query)) as Record<string, Record<string, unknown>[]>[];
  return Object.values(found ?? {}).flat();
}

async function statusOf(skein: Running): Promise<{ Sockets: { Translations: number; Archive: object } }> {
  return (await fetch(`${skein.url}/api/status`)).json() as never;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function talking({ name }: TestNetns, script: string): Promise<AsyncDisposable> {
  const child: ChildProcess = spawn('ip', ['netns', 'exec', name, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  const isReady = await Promise.race([once(child.stdout as Readable, 'data'), once(child, 'exit').then(() => false)]);
  expect(isReady).not.toBe(false);
  return {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
