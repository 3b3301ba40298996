/** OpenFlow: rules and groups of the bridges that the probe of Open vSwitch has found, as the switch itself tells of them. */
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { GraphNode } from '../../graph/element.ts';
import { type OfAddress, readOfAddress } from '../../openflow/address.ts';
import { VERSIONS, versionNamed } from '../../openflow/versions.ts';
import { systemClock } from '../../std/clock.ts';
import { pause } from '../../std/pause.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { defineProbe } from '../probe.ts';
import { Orphans } from './orphans.ts';
import { Teller } from './tell.ts';
import { types } from './vocabulary.ts';

const options = z
  .object({
    address: z
      .record(z.string(), z.string())
      .default({})
      .describe('Where bridges are managed, by their names: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT'),
    versions: z.array(z.string()).default([]).describe('Versions to speak, as OpenFlow13; none: all'),
    cert: z.string().optional().describe('Certificate for ssl, a file in PEM'),
    key: z.string().optional().describe('Its private key'),
    ca: z.string().optional().describe('Who has signed the certificates of switches'),
    refreshMs: z.int().min(100).default(5_000).describe('How often counters are read, in ms'),
    goneAfterMs: z
      .int()
      .min(0)
      .default(60_000)
      .describe('How long rules are shown when a bridge does not answer, in ms'),
    rulesMax: z.int().min(1).default(100_000).describe('How many rules and groups of a bridge are shown'),
  })
  .prefault({});

/** How often to look which bridges there are: a look in an index. */
const LOOK_MS = 250;
const BRIDGES_MAX = 1_000;

interface Followed {
  readonly bridge: GraphNode;
  readonly teller: Teller;
  readonly stop: AbortController;
  ended: Promise<void>;
  problem: string | undefined;
  isSettled: boolean;
}

export const openflow = defineProbe({
  name: 'openflow',
  doc: 'OpenFlow: rules and groups of the bridges of Open vSwitch, as the switch pushes them, and their counters.',
  reads: [
    'The management socket of each bridge (BRIDGE.mgmt beside the socket of the database), or the address of `probes.openflow.address`: the switch tells there of each rule that comes, changes or goes (flow monitor), and of groups.',
    'All rules and groups once each `probes.openflow.refresh`, for their counters; a bridge with so many rules that this would cost more than a twentieth of a processor is read less often.',
  ],
  needs: [{ what: 'access to the management sockets of bridges (root, or their group)', without: 'no rule is seen' }],
  series: { Metric: 'packets and bytes that matched a rule, or went through a group' },
  counters: {
    bridgesLeftOut: 'bridges beyond the bound of how many are followed',
    connectionsLost: 'times that a switch stopped to answer, or said what cannot be',
    leftOut: 'rules and groups beyond `probes.openflow.rulesMax`, at each reading',
    refused: 'changes that the graph refused',
    strays: 'answers that nobody had asked for',
    withoutMonitor: 'connections on which the switch does not tell of changes by itself',
  },
  options,
  types,

  async run({ options: given, graph, view, host, signal, ready, notice, count }) {
    const versions = readVersions(given.versions);
    const { address, ...rest } = given;
    const all = new Map<string, Followed>();
    const orphans = new Orphans(host, view());
    const failed = Promise.withResolvers<never>();

    function begin(bridge: GraphNode): void {
      const stop = new AbortController();
      const teller = new Teller({ bridge, graph, view, thingsMax: given.rulesMax, count });
      const where = addressOf(bridge, address);
      const followed: Followed = {
        bridge,
        teller,
        stop,
        problem: undefined,
        isSettled: false,
        ended: Promise.resolve(),
      };
      async function start(): Promise<void> {
        if (!where) return;
        // Most hosts have no bridge: what speaks to switches is loaded with the first.
        const { follow } = await import('./follow.ts');
        await follow({
          ...{ ...rest, versions, address: where, teller, count },
          keys: given,
          signal: AbortSignal.any([signal, stop.signal]),
          problem: (text) => {
            followed.problem = text;
            say();
          },
          settled: () => {
            followed.isSettled = true;
            say();
          },
        });
      }
      if (!where) {
        followed.problem = 'no address is known (probes.openflow.address)';
        followed.isSettled = true;
      }
      all.set(bridge.id, followed);
      followed.ended = start();
      followed.ended.catch(failed.reject);
    }

    let said: string | undefined;
    function say(): void {
      const wrong = [...all.values()].flatMap(({ bridge, problem }) =>
        problem === undefined ? [] : [`${String(bridge.metadata.Name)}: ${problem}`],
      );
      const text = wrong.length > 0 ? `rules of bridges are not read: ${wrong.slice(0, 5).join('; ')}` : undefined;
      if (text !== said) notice(text);
      said = text;
      if ([...all.values()].every(({ isSettled }) => isSettled)) ready();
    }

    async function look(): Promise<void> {
      let isEmpty: boolean | undefined;
      while (!signal.aborted) {
        const bridges = bridgesIn(view(), host.name);
        for (const [id, one] of all) {
          const now = bridges.get(id);
          if (now && now.createdAt === one.bridge.createdAt && now.metadata.Name === one.bridge.metadata.Name) continue;
          all.delete(id);
          one.stop.abort();
          one.teller.withdraw();
          say();
        }
        for (const [id, bridge] of bridges) {
          if (all.has(id)) continue;
          if (all.size >= BRIDGES_MAX) count('bridgesLeftOut');
          else begin(bridge);
        }
        for (const id of orphans.gone(view(), Date.now())) graph.apply([{ kind: 'gone', id, of: 'node' }]);
        if (isEmpty !== (bridges.size === 0)) {
          isEmpty = bridges.size === 0;
          if (isEmpty) notice('no bridge of Open vSwitch', 'quietly');
          else if (said === undefined) notice(undefined);
          if (isEmpty) ready();
        }
        await pause(systemClock, LOOK_MS, signal);
      }
    }

    await Promise.race([look(), failed.promise]);
    await Promise.allSettled([...all.values()].map(({ ended }) => ended));
  },
});

function readVersions(names: readonly string[]): readonly number[] {
  if (names.length === 0) return VERSIONS;
  return names.map((name) => {
    const version = versionNamed(name);
    if (version === undefined)
      throw new Unavailable(`version ${name}`, 'one of OpenFlow10 to OpenFlow15 (probes.openflow.versions)');
    return version;
  });
}

function bridgesIn(view: ReturnType<Parameters<typeof openflow.run>[0]['view']>, host: string): Map<string, GraphNode> {
  const bridges = new Map<string, GraphNode>();
  const nodes = view.nodesWith('Type', 'ovsbridge') ?? [...view.nodes()].filter((n) => n.metadata.Type === 'ovsbridge');
  for (const node of nodes) if (node.host === host && node.origin === `agent.${host}`) bridges.set(node.id, node);
  return bridges;
}

/** Undefined when nobody said where: a database elsewhere does not say where its switch is. */
function addressOf({ metadata }: GraphNode, given: Readonly<Record<string, string>>): OfAddress | undefined {
  const name = String(metadata.Name);
  const text = given[name];
  if (text !== undefined) {
    const address = readOfAddress(text);
    if (!address)
      throw new Unavailable(`bridge ${name} at ${text}`, 'an address unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT');
    return address;
  }
  const { Ovs } = metadata;
  const database = typeof Ovs === 'object' && Ovs !== null && 'Database' in Ovs ? String(Ovs.Database) : '';
  const [, path] = /^unix:(.+)$/.exec(database) ?? [];
  // A name that is a path would lead out of the folder.
  if (path === undefined || name.includes('/')) return undefined;
  return { kind: 'unix', path: join(dirname(path), `${name}.mgmt`) };
}
