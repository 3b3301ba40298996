/** Whatever happened, and in whatever order: the graph is what a first look at the kernel gives. Needs root. */
import { execFileSync } from 'node:child_process';
import { eventually } from '../eventually.ts';
import { isRoot, type Lab, lab } from './netlinkrun.ts';

const withRoot = isRoot ? test : test.skip;

// Some of these have found faults.
withRoot.each([3, 37, 43, 49, 63, 64])(
  'after sixty random changes (seed %i) the graph is that of a fresh start',
  async (seed) => {
    await using net = lab();
    const netns = [net.netns(), net.netns(), net.netns()];
    await net.start(seed % 2 === 0 ? { settleMs: 0 } : { settleMs: 0, receiveBufferBytes: 2_048 });
    const pick = dice(seed);
    const one = <T>(of: readonly T[]): T => of[pick() % of.length] as T;
    for (let step = 0; step < 60; step++) {
      const commands = Array.from({ length: 1 + (pick() % 4) }, () => command(one, netns).join(' '));
      try {
        execFileSync('ip', ['-n', one(netns), '-force', '-batch', '-'], {
          input: `${commands.join('\n')}\n`,
          stdio: 'pipe',
        });
      } catch {
        // Much of what is picked cannot be: a name that is taken, an address without its interface.
      }
      if (step % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(async () => {
      await using fresh = lab();
      for (const name of netns) fresh.list(name);
      await fresh.start();
      expect(drawn(net)).toEqual(drawn(fresh));
    });
  },
);

const NAMES = ['a', 'b', 'c', 'd', 'e'];

function command(one: <T>(of: readonly T[]) => T, netns: readonly string[]): string[] {
  const [name, other] = [one(NAMES), one(NAMES)];
  return one([
    () => ['link', 'add', name, 'type', 'veth', 'peer', 'name', other],
    () => ['link', 'add', name, 'type', 'veth', 'peer', 'name', other, 'netns', one(netns)],
    () => ['link', 'add', name, 'index', '77', 'type', one(['bridge', 'ifb'])],
    () => ['link', 'add', name, 'link', other, 'type', 'macvlan'],
    () => ['link', 'add', name, 'type', 'vxlan', 'id', '7', 'dev', other, 'dstport', '4789'],
    () => ['link', 'del', name],
    () => ['link', 'set', name, 'netns', one(netns)],
    () => ['link', 'set', name, 'name', other],
    () => ['link', 'set', name, one(['up', 'down'])],
    () => ['link', 'set', name, 'up'],
    () => ['link', 'set', name, 'master', other],
    () => ['link', 'set', name, 'nomaster'],
    () => ['link', 'set', name, 'mtu', one(['1400', '1300'])],
    () => ['addr', 'add', `10.${one([1, 2])}.0.${one([1, 2, 3])}/24`, 'dev', name],
    () => ['addr', 'del', `10.${one([1, 2])}.0.${one([1, 2, 3])}/24`, 'dev', name],
    () => ['addr', 'add', `fd00::${one([1, 2])}/64`, 'dev', name],
    () => ['route', one(['add', 'replace', 'append', 'del']), '10.9.0.0/16', 'via', `10.1.0.${one([7, 8])}`],
    () => ['route', 'add', '10.8.0.0/16', 'dev', name, 'src', '10.1.0.1'],
    () => ['-6', 'route', one(['add', 'replace', 'append', 'del']), '2001:db8::/32', 'via', `fd00::${one([7, 8])}`],
    () => ['route', one(['add', 'del']), 'blackhole', '10.66.0.0/16'],
    () => ['rule', one(['add', 'del']), 'priority', '100', 'lookup', '7'],
    () => ['neigh', one(['replace', 'del']), '10.1.0.7', 'lladdr', '02:00:00:00:00:07', 'dev', name],
  ])();
}

/** Nodes and edges, without what only time tells: states of neighbours, and groups joined a moment later. */
function drawn({ graph }: Lab): string[] {
  const nodes = [...graph.now().nodes()].map(({ id, metadata: { FDB, Neighbors, Features, ...rest } }) => {
    const neighbours = (Neighbors ?? []) as { MAC?: string; IP: string }[];
    const known = neighbours.map(({ MAC, IP }) => `${IP} ${MAC}`);
    return `${id} ${sorted(rest)} ${known} ${JSON.stringify(FDB)} ${Object.keys(Features ?? {}).length}`;
  });
  const edges = [...graph.now().edges()].map(({ parent, child, metadata }) => `${parent} ${child} ${sorted(metadata)}`);
  return [...nodes, ...edges].sort();
}

function sorted(metadata: object): string {
  return JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function dice(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
