/** The netlink probe when the kernel tells more than is taken. Needs root. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GraphEvent } from '../../src/graph/change.ts';
import { isRoot, lab } from './netlinkrun.ts';

const withRoot = isRoot ? test : test.skip;
const run = promisify(execFile);

/** 250 pairs of veths in a group, which are taken away in one go. */
const PAIRS = Array.from({ length: 250 }, (_, at) => `link add c${at} group 7 type veth peer name d${at} group 7`);

withRoot('an overrun is made good by comparing, and what was there all the time is never gone', async () => {
  await using net = lab();
  const a = net.netns();
  net.ip(a, 'link', 'add', 'bridge0', 'type', 'bridge');
  net.ip(a, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1');
  net.ip(a, 'link', 'set', 'v0', 'master', 'bridge0');
  net.ip(a, 'addr', 'add', '10.1.0.1/24', 'dev', 'bridge0');
  await net.start({ receiveBufferBytes: 2_048 });
  const always = new Set(['lo', 'bridge0', 'v0', 'v1'].map((name) => net.find(a, name)?.id));
  const removed: GraphEvent[] = [];
  const stop = net.graph.subscribe(({ events }) => {
    for (const event of events) if (event.kind === 'removed' && isAlways(event)) removed.push(event);
  });

  for (let round = 0; round < 2; round++) {
    const adding = run('ip', ['-n', a, '-batch', '-']);
    adding.child.stdin?.end(`${PAIRS.join('\n')}\n`);
    await adding;
    await net.until(() => net.find(a, 'd249')?.metadata.PeerIfIndex !== undefined && net.find(a, 'c0'));
    await run('ip', ['-n', a, 'link', 'del', 'group', '7']);
    await net.until(() => net.find(a, 'c0') === undefined && net.find(a, 'd249') === undefined);
    await net.until(() => net.graph.now().nodeCount === 5);
  }

  stop();
  expect(net.counters.overruns).toBeGreaterThan(0);
  expect(net.counters.resyncs).toBeGreaterThan(0);
  expect(removed).toEqual([]);
  expect(net.between(net.find(a, 'bridge0'), net.find(a, 'v0'))).toHaveLength(1);

  function isAlways({ element }: GraphEvent): boolean {
    if (element.kind === 'node') return always.has(element.id);
    return (always.has(element.parent) || element.parent === `node-${a}`) && always.has(element.child);
  }
});
