/** Where packets of one conversation get lost, from what each place saw of it. */
import { type Seen, type TrailParts, trailOf, type Watched } from '../../src/cli/trail.ts';
import { Ways } from '../../src/cli/ways.ts';
import type { WireEdge } from '../../src/contract/element.ts';

/** `a-b` is a link, `ns>a` an owner. */
function ways(...texts: string[]): Ways {
  const owners = new Set(texts.filter((text) => text.includes('>')).map((text) => text.split('>')[0] ?? ''));
  const edges = texts.map((text): WireEdge => {
    const [Parent = '', Child = ''] = text.split(/[->]/);
    const RelationType = text.includes('>') ? 'ownership' : 'layer2';
    return { ID: text, Parent, Child, Metadata: { RelationType } } as unknown as WireEdge;
  });
  return new Ways({ edges, owners });
}

const at = (name: string): Watched => ({ id: name, tid: name, name, host: 'h1' });

function seen(name: string, ab: number, ba: number, more: Partial<Seen> = {}): Seen {
  const count = (packets: number) => ({ packets, bytes: packets * 98 });
  return { ...at(name), ab: count(ab), ba: count(ba), firstMs: 1000, lastMs: 2000, drops: {}, sampling: 1, ...more };
}

function trail(parts: Partial<TrailParts>) {
  return trailOf({
    seen: [],
    watched: [],
    ways: ways(),
    aNodes: [],
    bNodes: [],
    captureLosses: new Map(),
    atMs: 60_000,
    ...parts,
  });
}

const names = (hops: readonly { readonly name: string }[]) => hops.map(({ name }) => name).join(' ');

/** Two hosts and a router between them: a links to m0, m1 to c, and the namespace m owns m0 and m1. */
const routed = ways('a-m0', 'm1-c', 'm>m0', 'm>m1', 'host>m', 'host>x');

describe('ways', () => {
  test('lead along links, and through a namespace where links do not', () => {
    expect(routed.between('a', 'c')).toEqual(['a', 'm0', 'm1', 'c']);
    expect(ways('a-br', 'br-b', 'ns>a', 'ns>b', 'ns>br').between('a', 'b')).toEqual(['a', 'br', 'b']);
  });

  test('do not lead from one namespace to another through the host that owns both', () => {
    expect(ways('n1>a', 'n2>b', 'host>n1', 'host>n2').between('a', 'b')).toBeUndefined();
    expect(routed.between('a', 'x')).toBeUndefined();
    expect(routed.between('a', 'a')).toEqual(['a']);
  });
});

describe('the order', () => {
  const all = [seen('c', 4, 4), seen('m1', 4, 4), seen('a', 4, 4), seen('m0', 4, 4)];

  test('is that of the graph, from A on, when all were seen in the same millisecond', () => {
    const found = trail({ seen: all, ways: routed, aNodes: [at('a')], bNodes: [at('c')] });
    expect(names(found.hops)).toBe('a m0 m1 c');
    expect(found.orderedBy).toBe('path');
    expect(names(trail({ seen: all, ways: routed, aNodes: [at('c')] }).hops)).toBe('c m1 m0 a');
  });

  test('is that of first packets where the graph knows nothing', () => {
    const late = [seen('x', 1, 1, { firstMs: 1005 }), seen('y', 1, 1, { firstMs: 1001 })];
    const found = trail({ seen: late });
    expect(names(found.hops)).toBe('y x');
    expect(found.orderedBy).toBe('time');
    expect(found.hops.map(({ delayMs }) => delayMs)).toEqual([undefined, 4]);
  });

  test('is both for places that the graph connects in part', () => {
    const far = [seen('m1', 4, 4, { firstMs: 1003 }), seen('a', 4, 4), seen('far', 4, 4, { firstMs: 1002 })];
    const found = trail({ seen: far, ways: routed, aNodes: [at('a')] });
    expect(names(found.hops)).toBe('a far m1');
    expect(found.orderedBy).toBe('both');
  });

  test('has of two nodes with the address of A the one that is nearer', () => {
    const found = trail({ seen: all, ways: routed, aNodes: [at('x'), at('a')] });
    expect(names(found.hops)).toBe('a m0 m1 c');
  });

  test('comes with delays, and with round trips that need no clocks that agree', () => {
    const timed = [
      seen('a', 4, 4, { rttNs: 70_000 }),
      seen('m0', 4, 4, { rttNs: 47_000, firstMs: 1001 }),
      seen('m1', 4, 4, { firstMs: 1001 }),
      seen('c', 4, 4, { rttNs: 90_000 }),
    ];
    const { hops } = trail({ seen: timed, ways: routed, aNodes: [at('a')] });
    expect(hops.map(({ delayMs }) => delayMs)).toEqual([undefined, 1, 0, -1]);
    expect(hops.map(({ roundTripNs }) => roundTripNs)).toEqual([undefined, 23_000, undefined, undefined]);
  });

  test('of nothing is nothing', () => {
    expect(trail({})).toEqual({ hops: [], orderedBy: 'time', falls: [], notes: [] });
  });
});

describe('packets that are missing', () => {
  test('are told with the two places between which they are', () => {
    const { falls, notes } = trail({
      seen: [seen('a', 10, 6), seen('m0', 10, 6), seen('m1', 7, 6), seen('c', 7, 6)],
      ways: routed,
      aNodes: [at('a')],
      bNodes: [at('c')],
    });
    expect(falls).toMatchObject([{ direction: 'A→B', from: 'm0', to: 'm1', packets: 3, of: 10 }]);
    expect(notes).toEqual(['A→B: 3 of 10 packets are missing between m0 and m1']);
  });

  test('on the way back are missing in the other direction', () => {
    const { falls } = trail({
      seen: [seen('a', 5, 2), seen('m0', 5, 5), seen('m1', 5, 5)],
      ways: routed,
      aNodes: [at('a')],
    });
    expect(falls).toMatchObject([{ direction: 'B→A', from: 'm0', to: 'a', packets: 3, of: 5 }]);
  });

  test('stop before a place on the way that captures and saw nothing', () => {
    const { hops, notes } = trail({
      seen: [seen('a', 5, 0), seen('m0', 5, 0, { drops: { NETFILTER_DROP: 5 } })],
      watched: [at('m1'), at('c'), at('x')],
      ways: routed,
      aNodes: [at('a')],
      bNodes: [at('c')],
    });
    expect(names(hops)).toBe('a m0 m1 c');
    expect(hops.map(({ isSilent }) => isSilent)).toEqual([false, false, true, true]);
    expect(notes).toEqual([
      'A→B: all 5 packets stop between m0 and m1, which captures and saw none of it; the kernel says it dropped 5 NETFILTER_DROP',
      'nothing comes back from B',
    ]);
  });

  test('are not missing at a place that they went round', () => {
    const { hops, falls } = trail({
      seen: [seen('a', 5, 5), seen('c', 5, 5)],
      watched: [at('m0'), at('m1')],
      ways: routed,
      aNodes: [at('a')],
      bNodes: [at('c')],
    });
    expect(names(hops)).toBe('a c');
    expect(falls).toEqual([]);
  });

  test('behind the last place that captures nothing is known', () => {
    const parts = { seen: [seen('a', 5, 5), seen('m0', 5, 5)], ways: routed, aNodes: [at('a')] };
    expect(trail({ ...parts, bNodes: [at('c')] }).notes).toEqual([
      'no packet is missing between the 2 places that saw it',
      'behind m0, on the way to c where B is, nothing captures',
    ]);
    expect(trail(parts).notes[1]).toBe('the graph knows no way from m0 to B: what is behind it is not known');
  });
});

describe('what speaks against it is said', () => {
  const two = (more: Partial<Seen>, parts: Partial<TrailParts> = {}) =>
    trail({
      seen: [seen('m0', 10, 10), seen('m1', 7, 10, { firstMs: 1001, ...more })],
      ways: routed,
      bNodes: [at('m1')],
      ...parts,
    });

  test('segments that were merged lack headers alone', () => {
    const merged = two({ ab: { packets: 7, bytes: 980 - 3 * 54 } });
    expect(merged.falls).toMatchObject([{ mayBeMerged: true }]);
    expect(merged.notes[0]).toContain('may have been merged');
    expect(two({ ab: { packets: 7, bytes: 980 } }).falls).toEqual([]);
  });

  test('samples are not compared', () => {
    const { falls, notes } = two({ sampling: 100 });
    expect(falls).toEqual([]);
    expect(notes).toContain('m1 saw one of 100 packets: its counts are estimates, and nothing is concluded from them');
    expect(notes).toContain('what was sampled cannot be compared packet by packet');
  });

  test('what the capture itself lost', () => {
    const { notes } = two({}, { captureLosses: new Map([['m1', 12]]) });
    expect(notes).toContain('the capture at m1 lost 12 packets itself: its counts may be too low');
  });

  test('what may be on its way still', () => {
    expect(two({}, { atMs: 2500 }).notes).toContain(
      'it goes on: what is missing may still be on its way, or not read yet',
    );
  });

  test('who began late', () => {
    expect(two({ firstMs: 5000 }).notes).toContain(
      'm1 saw its first packet 4000 ms late: it may not have been captured from the beginning',
    );
  });

  test('clocks of two hosts', () => {
    const parts = { aNodes: [at('m0')] };
    expect(two({ host: 'h2', firstMs: 980 }, parts).notes).toContain(
      'the clocks of h1 and h2 differ by 20 ms at least',
    );
    expect(two({ host: 'h2' }, parts).notes).toContain('the delay from h1 to h2 is as exact as their clocks agree');
  });
});

test('what is answered is not lost where nothing is seen of it: it has other addresses, or goes another way', () => {
  const router = { ways: routed, aNodes: [at('a')], bNodes: [at('c')], watched: [at('m1'), at('c')] };
  const { falls, notes } = trail({ ...router, seen: [seen('a', 6, 5), seen('m0', 6, 5)], atMs: 2500 });
  expect(falls).toMatchObject([{ from: 'm0', to: 'm1', isAnswered: true }]);
  expect(notes.join()).toContain('m0 saw packets in both directions, and m1, which captures, saw none of them');
  expect(notes.join()).not.toMatch(/stop|missing/);
  const dropped = trail({ ...router, seen: [seen('a', 6, 5), seen('m0', 6, 5, { drops: { NETFILTER_DROP: 6 } })] });
  expect(dropped.falls).toMatchObject([{ isAnswered: false }]);
  expect(trail({ ...router, seen: [seen('a', 6, 0), seen('m0', 6, 0)] }).falls).toMatchObject([{ isAnswered: false }]);
});
