/** What every archive promises, run against each of them. */
import fc from 'fast-check';
import type { Archive, ElementName } from '../../src/archive/archive.ts';
import type { Change, Commit, GraphEvent } from '../../src/graph/change.ts';
import type { Element } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import type { GraphView, Span } from '../../src/graph/view.ts';
import { changes as anyChanges } from './changes.ts';

/** An empty archive whose clock stands at `now`. It is closed by the suite. */
export type Open = (now: number) => Promise<Archive>;

export function archiveContract(open: Open, { numRuns = 100 } = {}): void {
  test('shows the graph as it stood at any moment', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { Name: 'x' }), node('b'), edge('a', 'b')]);
      await say(2000, [{ kind: 'set', id: 'a', set: { Name: 'y' } }]);
      await say(3000, [{ kind: 'gone', id: 'b' }]);
      expect(draw(await archive.viewAt(999))).toBe('');
      expect(draw(await archive.viewAt(1000))).toBe('a {"Name":"x"} | a>r>b {"RelationType":"r"} | b {}');
      expect(draw(await archive.viewAt(2500))).toBe('a {"Name":"y"} | a>r>b {"RelationType":"r"} | b {}');
      expect(draw(await archive.viewAt(9000))).toBe('a {"Name":"y"}');
    }));

  test('a version holds from its first moment to just before the next one', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { N: 1 })]);
      await say(2000, [node('a', { N: 2 })]);
      await say(3000, [{ kind: 'gone', id: 'a' }]);
      const names = [1000, 1999, 2000, 2999, 3000].map(async (time) => draw(await archive.viewAt(time)));
      expect(await Promise.all(names)).toEqual(['a {"N":1}', 'a {"N":1}', 'a {"N":2}', 'a {"N":2}', '']);
    }));

  test('a version of the past knows when it and its life ended', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { N: 1 })]);
      await say(2000, [node('a', { N: 2 })]);
      await say(3000, [{ kind: 'gone', id: 'a' }]);
      const [version] = [...(await archive.viewAt(1500)).nodes('a')];
      expect(version).toEqual({
        kind: 'node',
        id: 'a',
        metadata: { N: 1 },
        host: 'h',
        origin: 'test.h',
        createdAt: 1000,
        updatedAt: 1000,
        validTo: 2000,
        deletedAt: 3000,
        recordedAt: 1000,
        revision: 1,
      });
    }));

  test('the same batch again changes nothing', () =>
    story(open, async ({ archive, graph }) => {
      const commits: Commit[] = [];
      graph.subscribe((commit) => commits.push(commit));
      const source = { host: 'h', origin: 'test.h' };
      graph.apply([node('a')], { ...source, time: 1000 });
      graph.apply([{ kind: 'counters', id: 'a', series: 'Metric', total: { Rx: 1 } }], { ...source, time: 1000 });
      graph.apply([{ kind: 'counters', id: 'a', series: 'Metric', total: { Rx: 9 } }], { ...source, time: 1500 });
      graph.apply([{ kind: 'gone', id: 'a' }], { ...source, time: 2000 });
      const batches = commits.map(({ time, events, samples }, n) => ({ id: `boot-${n}`, time, events, samples }));
      for (const batch of [...batches, ...batches]) await archive.append(batch);
      const { versions, samples } = await archive.health();
      expect({ versions, samples }).toEqual({ versions: 1, samples: 1 });
      expect(draw(await archive.viewAt(2500))).toBe('');
    }));

  test('a life that ended and began again is two lives', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { N: 1 })]);
      await say(2000, [{ kind: 'gone', id: 'a' }]);
      await say(3000, [node('a', { N: 2 })]);
      const lives = await archive.versions(['a']);
      expect(lives.map(({ createdAt, deletedAt }) => [createdAt, deletedAt])).toEqual([
        [1000, 2000],
        [3000, undefined],
      ]);
      expect(draw(await archive.viewAt(2500))).toBe('');
    }));

  test('what ended and began again within a millisecond shows once', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { N: 1 })]);
      await say(2000, [{ kind: 'gone', id: 'a' }, node('a', { N: 2 }), { kind: 'gone', id: 'a' }, node('a', { N: 3 })]);
      expect(draw(await archive.viewAt(1999))).toBe('a {"N":1}');
      expect(draw(await archive.viewAt(2000))).toBe('a {"N":3}');
      expect((await archive.open()).map(({ metadata }) => metadata)).toEqual([{ N: 3 }]);
    }));

  test('a node and an edge of one id are two elements', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a'), node('b'), { ...edge('a', 'b'), id: 'a' }]);
      await archive.closeLost([{ kind: 'edge', id: 'a' }], 2000);
      expect((await archive.versions(['a'])).map(({ kind, deletedAt }) => [kind, deletedAt])).toEqual([
        ['node', undefined],
        ['edge', 2000],
      ]);
    }));

  test('edges lead from node to node, at an instant and over a span', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { N: 1 }), node('b', { N: 1 }), edge('a', 'b')]);
      await say(2000, [node('a', { N: 2 })]);
      await say(3000, [{ kind: 'gone', id: 'a>r>b' }]);
      await say(4000, [node('a', { N: 3 })]);
      const at = await archive.viewAt(1000);
      expect([...at.edges()].flatMap((e) => [...at.parents(e), ...at.children(e)]).map(({ id }) => id)).toEqual([
        'a',
        'b',
      ]);
      const span = await archive.viewBetween({ from: 0, to: 9000 });
      const [bound] = [...span.edges()];
      // The third version of the node never met the edge.
      expect([...span.parents(bound as never)].map(({ metadata }) => metadata.N)).toEqual([1, 2]);
      const links = [...span.nodes('a')].map((n) => [...span.out(n)].length);
      expect(links).toEqual([1, 1, 0]);
    }));

  test('a span shows every version that overlaps it, oldest first', () =>
    story(open, async ({ archive, say }) => {
      for (const n of [1, 2, 3, 4]) await say(n * 1000, [node('a', { N: n })]);
      await say(5000, [{ kind: 'gone', id: 'a' }]);
      const shown = async (span: Span) =>
        [...(await archive.viewBetween(span)).nodes()].map(({ metadata }) => metadata.N);
      expect(await shown({ from: 2500, to: 3500 })).toEqual([2, 3]);
      expect(await shown({ from: 2000, to: 3000 })).toEqual([2, 3]);
      expect(await shown({ from: 4999, to: 9000 })).toEqual([4]);
      expect(await shown({ from: 5000, to: 9000 })).toEqual([]);
      expect(await shown({ from: 0, to: 999 })).toEqual([]);
    }));

  test('what was known then leaves out what was recorded later', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { N: 1 })]);
      await say(2000, [node('a', { N: 2 })], 5000);
      await say(3000, [{ kind: 'set', id: 'a', set: { N: 3 } }], 6000);
      const known = async (time: number, knownAt: number) => draw(await archive.viewAt(time, { knownAt }));
      expect(await known(2500, 4999)).toBe('a {"N":1}');
      expect(await known(2500, 5000)).toBe('a {"N":2}');
      expect(await known(3500, 5500)).toBe('a {"N":2}');
      expect(await known(3500, 6000)).toBe('a {"N":3}');
      expect(await known(3500, 999)).toBe('');
      const [version] = [...(await archive.viewAt(2500, { knownAt: 4999 })).nodes()];
      expect([version?.validTo, version?.deletedAt]).toEqual([undefined, undefined]);
    }));

  test('the end of a life is not known before it was recorded', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a')]);
      await say(2000, [{ kind: 'gone', id: 'a' }]);
      expect(draw(await archive.viewAt(2500, { knownAt: 1500 }))).toBe('a {}');
      expect(draw(await archive.viewAt(2500, { knownAt: 2000 }))).toBe('');
      const [version] = [...(await archive.viewAt(1500, { knownAt: 1500 })).nodes()];
      expect(version?.deletedAt).toBeUndefined();
    }));

  test('samples of a series come by element and in order', () =>
    story(open, async ({ archive, say }) => {
      const count = (id: string, series: string, Rx: number): Change => ({
        kind: 'counters',
        id,
        series,
        total: { Rx },
      });
      await say(1000, [node('a'), node('b'), count('a', 'Metric', 0), count('b', 'Metric', 5), count('a', 'Ovs', 0)]);
      await say(2000, [count('a', 'Metric', 10), count('a', 'Ovs', 3)]);
      await say(3000, [count('a', 'Metric', 30), count('b', 'Metric', 6)]);
      expect(await archive.samples(['a', 'b', 'none'], 'Metric', { from: 0, to: 9000 })).toEqual(
        new Map([
          [
            'a',
            [
              { start: 1000, last: 2000, counters: { Rx: 10 } },
              { start: 2000, last: 3000, counters: { Rx: 20 } },
            ],
          ],
          ['b', [{ start: 1000, last: 3000, counters: { Rx: 1 } }]],
          ['none', []],
        ]),
      );
      const late = await archive.samples(['a'], 'Metric', { from: 2000, to: 9000 });
      expect(late.get('a')?.map(({ start }) => start)).toEqual([2000]);
    }));

  test('counters of the past are those of then, and of this life of the element', () =>
    story(open, async ({ archive, say }) => {
      const count = (Rx: number): Change => ({ kind: 'counters', id: 'a', series: 'Metric', total: { Rx, Tx: 1 } });
      await say(1000, [node('a'), node('b'), count(100)]);
      await say(2000, [count(110)]);
      await say(3000, [count(130)]);
      await say(4000, [{ kind: 'gone', id: 'a' }]);
      await say(5000, [node('a')]);
      const at = async (time: number) => (await archive.viewAt(time)).counters('a', 'Metric');
      const first = { total: { Rx: 110, Tx: 1 }, last: { start: 1000, last: 2000, counters: { Rx: 10 } } };
      expect(await at(1999)).toBeUndefined();
      expect(await at(2000)).toEqual(first);
      expect(await at(2999)).toEqual(first);
      expect((await at(3500))?.total).toEqual({ Rx: 130, Tx: 1 });
      expect(await at(5000)).toBeUndefined();
      expect((await archive.viewAt(3500)).counters('a', 'Ovs')).toBeUndefined();
      expect((await archive.viewAt(3500)).counters('b', 'Metric')).toBeUndefined();
      expect((await archive.viewBetween({ from: 1500, to: 2500 })).counters('a', 'Metric')).toEqual(first);
    }));

  test('a restart finds what was alive, and ends what did not come back', () =>
    story(open, async ({ archive, say, now }) => {
      await say(1000, [node('a', { N: 1 }), node('b'), edge('a', 'b'), node('gone')]);
      await say(2000, [node('a', { N: 2 }), { kind: 'gone', id: 'gone' }]);
      const alive = (await archive.open()).map(({ id, metadata, validTo, deletedAt }) => [
        id,
        metadata,
        validTo,
        deletedAt,
      ]);
      expect(alive).toEqual([
        ['a', { N: 2 }, undefined, undefined],
        ['b', {}, undefined, undefined],
        ['a>r>b', { RelationType: 'r' }, undefined, undefined],
      ]);
      await archive.closeLost([...named('b', 'never there'), { kind: 'edge', id: 'a>r>b' }], 2500);
      expect((await archive.open()).map(({ id }) => id)).toEqual(['a']);
      expect((await archive.versions(['b'])).map(({ deletedAt, validTo }) => [deletedAt, validTo])).toEqual([
        [2500, 2500],
      ]);
      // That it had ended was learned only now.
      expect(draw(await archive.viewAt(2600, { knownAt: now - 1 }))).toContain('b {}');
      expect(draw(await archive.viewAt(2600))).toBe('a {"N":2}');
    }));

  test('what was lost in the millisecond it was last heard of was so for a moment', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a')]);
      await archive.closeLost(named('a'), 1000);
      expect(draw(await archive.viewAt(1000))).toBe('a {}');
      expect(draw(await archive.viewAt(1001))).toBe('');
    }));

  test('a life that begins while another of its id goes on ends it', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { N: 1 })]);
      const other = new Graph();
      const { time, events } = other.apply([node('a', { N: 2 })], { host: 'h', origin: 'o', time: 2000 });
      await archive.append({ id: 'other-1', time, events, samples: [] });
      expect(draw(await archive.viewAt(1999))).toBe('a {"N":1}');
      expect(draw(await archive.viewAt(2000))).toBe('a {"N":2}');
    }));

  test('what was lost is closed when it was last known, though another has taken its id since', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { N: 1 })]);
      const other = new Graph();
      const { time, events } = other.apply([node('a', { N: 2 })], { host: 'h', origin: 'o', time: 5000 });
      await archive.append({ id: 'other-1', time, events, samples: [] });
      await archive.closeLost(named('a'), 2000);
      expect(draw(await archive.viewAt(1999))).toBe('a {"N":1}');
      expect(draw(await archive.viewAt(3000))).toBe('');
      expect(draw(await archive.viewAt(5000))).toBe('a {"N":2}');
      expect((await archive.open()).map(({ metadata }) => metadata)).toEqual([{ N: 2 }]);
    }));

  test('nothing at all is an empty archive', () =>
    story(open, async ({ archive }) => {
      expect(await archive.range()).toBeUndefined();
      expect(await archive.gaps()).toEqual([]);
      expect(await archive.open()).toEqual([]);
      expect(await archive.versions(['a'])).toEqual([]);
      await archive.closeLost(named('a'), 1);
      await archive.prune(1000);
      expect(draw(await archive.viewAt(1))).toBe('');
      expect(await archive.health()).toMatchObject({ state: 'ok', versions: 0, samples: 0, range: undefined });
    }));

  test('the range goes from the first thing known to the last sign of life', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a')]);
      await archive.append({ id: 'heartbeat-1', time: 4000, events: [], samples: [] });
      expect(await archive.range()).toEqual({ from: 1000, to: 4000 });
    }));

  test('nobody was watching between the last sign of one start and the first of the next', () =>
    story(open, async ({ archive }) => {
      const sign = (id: string, time: number) => archive.append({ id, time, events: [], samples: [] });
      await sign('boot1-1', 10_000);
      await sign('boot1-2', 20_000);
      // Back within seconds: no gap.
      await sign('boot2-1', 22_000);
      await sign('boot2-2', 30_000);
      await sign('boot3-1', 90_000);
      expect(await archive.gaps()).toEqual([{ from: 30_000, to: 90_000 }]);
    }));

  test('pruning forgets what ended before, and nothing that is alive', () =>
    story(open, async ({ archive, say }) => {
      await say(1000, [node('a', { N: 1 }), node('b'), node('c')]);
      await say(2000, [node('a', { N: 2 }), { kind: 'gone', id: 'b' }]);
      await say(3000, [node('a', { N: 3 })]);
      await say(4000, [{ kind: 'gone', id: 'c' }]);
      const before = draw(await archive.viewAt(2500));
      await archive.prune(2500);
      expect(draw(await archive.viewAt(2500))).toBe(before);
      expect((await archive.versions(['a'])).map(({ metadata }) => metadata.N)).toEqual([2, 3]);
      expect(await archive.versions(['b'])).toEqual([]);
      expect(await archive.range()).toEqual({ from: 2500, to: 4000 });
      expect((await archive.health()).versions).toBe(3);
      await archive.prune(9000);
      expect((await archive.health()).versions).toBe(1);
      expect(draw(await archive.viewAt(9000))).toBe('a {"N":3}');
    }));

  test('any ids and any metadata come back as they were', () =>
    story(open, async ({ archive, say }) => {
      const id = 'é"\\\u0000\n\ud800 \u2028';
      const metadata = { 'a.b"': [1.5, -0.1, null, true, 'x\u0000y', { deep: [[]] }], __proto__x: {}, '': '' };
      await say(1000, [node(id, metadata), node('b'), edge(id, 'b')]);
      const view = await archive.viewAt(1000);
      expect([...view.nodes(id)].map((n) => n.metadata)).toEqual([metadata]);
      expect([...view.edges()].map(({ parent }) => parent)).toEqual([id]);
      expect((await archive.versions([id])).length).toBe(1);
    }));

  test('a version that is there changes nothing, in whichever batch and by whichever writer it comes', () =>
    story(open, async ({ archive }) => {
      const told = [
        ...happened(1000, [node('a', { N: 1 }), node('b'), edge('a', 'b')]),
        ...happened(2000, [node('a', { N: 2 })]),
        ...happened(3000, [{ kind: 'gone', id: 'b' }]),
      ];
      const look = async () => ({
        at: await Promise.all([1500, 2500, 3500].map(async (time) => draw(await archive.viewAt(time)))),
        open: (await archive.open()).map(line),
        versions: intervals(await archive.versions(['a', 'b', 'a>r>b'])),
        count: (await archive.health()).versions,
        range: await archive.range(),
      });
      await archive.append({ id: 'one-1', time: 3000, events: told, samples: [] });
      const first = await look();
      expect(first.at[2]).toBe('a {"N":2}');
      // Each by itself, all again, and learned later.
      for (const [n, event] of told.entries())
        await archive.append({ id: `two-${n + 1}`, time: 3000, events: [event], samples: [] });
      const late = told.map((event) => ({ ...event, element: { ...event.element, recordedAt: 9000 } }));
      await archive.append({ id: 'one-2', time: 3000, events: late, samples: [] });
      expect(await look()).toEqual(first);
      expect(draw(await archive.viewAt(3500, { knownAt: 3000 }))).toBe('a {"N":2}');
    }));

  test('what comes late takes its place in time, and was not known before it came', () =>
    story(open, async ({ archive }) => {
      const story = [
        ...happened(1000, [node('a', { N: 1 })]),
        ...happened(2000, [node('a', { N: 2 })]),
        ...happened(3000, [node('a', { N: 3 })]),
        ...happened(4000, [{ kind: 'gone', id: 'a' }]),
        ...happened(6000, [node('a', { N: 6 })]),
      ];
      const [one, two, three, end, six] = story as [GraphEvent, GraphEvent, GraphEvent, GraphEvent, GraphEvent];
      const order = [six, three, one, end, two];
      for (const [n, event] of order.entries()) {
        const element = { ...event.element, recordedAt: 10_000 + n };
        await archive.append({ id: `late-${n + 1}`, time: 10_000 + n, events: [{ ...event, element }], samples: [] });
      }
      const at = async (knownAt?: number) =>
        Promise.all(
          [999, 1500, 2500, 3500, 4500, 6500].map(async (time) =>
            draw(await archive.viewAt(time, knownAt === undefined ? {} : { knownAt })),
          ),
        );
      const [a1, a2, a3, a6] = [1, 2, 3, 6].map((N) => `a {"N":${N}}`);
      expect(await at()).toEqual(['', a1, a2, a3, '', a6]);
      expect(await at(10_000)).toEqual(['', '', '', '', '', a6]);
      const known = await at(10_002);
      expect([known[1], known[3], known[5]]).toEqual([a1, a3, a6]);
      expect(await at(10_003)).toEqual(['', a1, a1, a3, '', a6]);
      expect((await archive.range())?.from).toBe(1000);
      expect((await archive.open()).map(line)).toEqual([a6]);
      expect((await archive.versions(['a'])).map((e) => [e.updatedAt, e.validTo, e.deletedAt])).toEqual([
        [1000, 2000, 4000],
        [2000, 3000, 4000],
        [3000, 4000, 4000],
        [6000, undefined, undefined],
      ]);
    }));

  test('a life that is reopened goes on as if it had never ended', () =>
    story(open, async ({ archive, graph, say }) => {
      await say(1000, [node('a', { N: 1 }), node('b'), edge('a', 'b')]);
      const alive = [...graph.now().nodes(), ...graph.now().edges()];
      await say(2000, [{ kind: 'gone', id: 'a' }]);
      expect(draw(await archive.viewAt(2500))).toBe('b {}');
      // Again, but nobody says that it has not ended.
      await archive.append({ id: 'again-1', time: 2500, events: alive.map((e) => added(e)), samples: [] });
      expect(draw(await archive.viewAt(2500))).toBe('b {}');
      const reopened = alive.map((element) => ({ ...added(element), isReopened: true as const }));
      await archive.append({ id: 'again-2', time: 3000, events: reopened, samples: [] });
      for (const time of [1000, 2000, 2500, 3000])
        expect(draw(await archive.viewAt(time))).toBe('a {"N":1} | a>r>b {"RelationType":"r"} | b {}');
      expect((await archive.open()).map(({ id }) => id).sort()).toEqual(['a', 'a>r>b', 'b']);
      expect((await archive.health()).versions).toBe(3);
      const other = new Graph();
      other.remember(alive);
      other.adopt(() => true);
      const { events } = other.apply([{ kind: 'gone', id: 'a' }], { host: 'h', origin: 'test.h', time: 4000 });
      await archive.append({ id: 'again-3', time: 4000, events, samples: [] });
      expect(draw(await archive.viewAt(3999))).toContain('a {"N":1}');
      expect(draw(await archive.viewAt(4000))).toBe('b {}');
    }));

  test('many writers append at a time, each in its own order', () =>
    story(open, async ({ archive }) => {
      const writers = Array.from({ length: 40 }, (_, i) => `w${i}`);
      await Promise.all(
        writers.map(async (id, i) => {
          const graph = new Graph();
          for (let n = 1; n <= 5; n++) {
            const { time, events } = graph.apply([node(id, { N: n })], { host: id, origin: id, time: n * 1000 + i });
            await archive.append({ id: `${id}-${n}`, time, events, samples: [], isRelayed: true });
          }
        }),
      );
      expect((await archive.health()).versions).toBe(200);
      for (const n of [1, 3, 5]) {
        const view = await archive.viewAt(n * 1000 + 500);
        expect([...view.nodes()].map(({ id, metadata }) => `${id} ${metadata.N}`).sort()).toEqual(
          writers.map((id) => `${id} ${n}`).sort(),
        );
      }
    }));

  test('a sample that is there changes nothing, a late one takes its place', () =>
    story(open, async ({ archive, say }) => {
      await say(500, [node('a')]);
      const sample = (last: number) => ({
        id: 'a',
        series: 'Metric',
        start: last - 1000,
        last,
        counters: { Rx: last },
        total: { Rx: last * 10 },
      });
      for (const [n, lasts] of [[3000, 2000], [2000, 1000, 3000], [3000]].entries())
        await archive.append({ id: `w${n}-1`, time: 3000, events: [], samples: lasts.map(sample) });
      expect((await archive.samples(['a'], 'Metric', { from: 0, to: 9000 })).get('a')?.map(({ last }) => last)).toEqual(
        [1000, 2000, 3000],
      );
      expect((await archive.health()).samples).toBe(3);
      expect((await archive.viewAt(2500)).counters('a', 'Metric')?.total).toEqual({ Rx: 20_000 });
    }));

  test('what is passed on for others is no sign of life of this process', () =>
    story(open, async ({ archive, say }) => {
      const sign = (id: string, time: number, isRelayed = false) =>
        archive.append({ id, time, events: [], samples: [], isRelayed });
      await sign('boot1-1', 10_000);
      await sign('spool-1', 30_000, true);
      await sign('spool-2', 95_000, true);
      expect(await archive.range()).toEqual({ from: 10_000, to: 10_000 });
      await sign('boot2-1', 90_000);
      expect(await archive.gaps()).toEqual([{ from: 10_000, to: 90_000 }]);
      // It is still known by its name.
      const events = happened(91_000, [node('a')]);
      await archive.append({ id: 'spool-2', time: 95_000, events, samples: [], isRelayed: true });
      expect(draw(await archive.viewAt(92_000))).toBe('');
      await archive.append({ id: 'spool-3', time: 95_000, events, samples: [], isRelayed: true });
      expect(draw(await archive.viewAt(92_000))).toBe('a {}');
      await say(99_000, [node('b')]);
      expect(await archive.range()).toEqual({ from: 10_000, to: 99_000 });
    }));

  test('any order and any number of times gives the same pictures', () =>
    fc.assert(
      fc.asyncProperty(anyChanges, fc.infiniteStream(fc.nat(1000)), async (steps, random) => {
        await story(open, async ({ archive, graph }) => {
          const all: GraphEvent[] = [];
          let time = 0;
          for (const { pause, changes } of steps) {
            // What ends and begins again within a millisecond has two versions of one moment: those are for writers in order.
            time += pause + 1;
            all.push(...graph.apply(onceEach(changes), { host: 'h', origin: 'test.h', time }).events);
          }
          const pick = () => random.next().value as number;
          const shuffled = [...all, ...all.filter(() => pick() % 3 === 0)].map((event) => ({ event, at: pick() }));
          shuffled.sort((a, b) => a.at - b.at);
          for (const [n, { event }] of shuffled.entries())
            await archive.append({ id: `w${n % 3}-${n}`, time, events: [event], samples: [], isRelayed: true });
          for (let at = 0; at <= time; at++) expect(draw(await archive.viewAt(at))).toBe(draw(graph.at(at)));
          const ids = ['a', 'b', 'e1'];
          expect(intervals(await archive.versions(ids))).toEqual(intervals(graph.history(ids)));
        });
      }),
      { numRuns: Math.ceil(numRuns / 4) },
    ));

  test('what was known at any moment is what the graph of that moment said', () =>
    fc.assert(
      fc.asyncProperty(anyChanges, fc.array(fc.integer({ min: 0, max: 5 })), async (steps, delays) => {
        await story(open, async ({ archive, say }) => {
          const graph = new Graph();
          const beliefs: { knownAt: number; time: number; picture: string }[] = [];
          let time = 0;
          let learned = 0;
          for (const [i, { pause, changes }] of steps.entries()) {
            // Late news comes late, but in order.
            time += pause + 1;
            learned = Math.max(learned + 1, time + (delays[i] ?? 0));
            await say(time, changes, learned);
            graph.apply(changes, { host: 'h', origin: 'test.h', time, recordedAt: learned });
            for (const ago of [0, 2, 7])
              beliefs.push({ knownAt: learned, time: time - ago, picture: draw(graph.at(time - ago)) });
          }
          for (const { knownAt, time: at, picture } of beliefs)
            expect(draw(await archive.viewAt(at, { knownAt }))).toBe(picture);
        });
      }),
      { numRuns },
    ));

  test('any series of changes shows the same pictures as full copies do', () =>
    fc.assert(
      fc.asyncProperty(anyChanges, async (steps) => {
        await story(open, async ({ archive, graph, say }) => {
          const copies = new Map<number, string>([[0, '']]);
          let time = 1;
          for (const { pause, changes } of steps) {
            time += pause;
            await say(time, changes);
            copies.set(time, draw(graph.now()));
          }
          for (const [moment, picture] of copies) expect(draw(await archive.viewAt(moment))).toBe(picture);
          expect((await archive.open()).map(line).sort().join(' | ')).toBe(draw(graph.now()));
          const span = { from: Math.floor(time / 3), to: Math.floor((time * 2) / 3) };
          expect(intervals((await archive.viewBetween(span)).nodes())).toEqual(intervals(graph.between(span).nodes()));
          expect(intervals((await archive.viewBetween(span)).edges())).toEqual(intervals(graph.between(span).edges()));
          expect(intervals(await archive.versions(['a', 'e1']))).toEqual(intervals(graph.history(['a', 'e1'])));
          await archive.prune(span.from);
          for (const [moment, picture] of copies)
            if (moment >= span.from) expect(draw(await archive.viewAt(moment))).toBe(picture);
          await archive.prune(time);
          expect((await archive.health()).versions).toBe(graph.now().nodeCount + graph.now().edgeCount);
        });
      }),
      { numRuns },
    ));
}

interface Scene {
  readonly archive: Archive;
  readonly graph: Graph;
  readonly now: number;
  say(time: number, changes: readonly Change[], recordedAt?: number): Promise<void>;
}

/** A live graph whose commits are archived one by one. */
async function story(open: Open, tell: (scene: Scene) => Promise<void>): Promise<void> {
  const now = 100_000;
  await using archive = await open(now);
  const graph = new Graph();
  let n = 0;
  const say = async (time: number, changes: readonly Change[], recordedAt = time) => {
    const { events, samples, ...commit } = graph.apply(changes, { host: 'h', origin: 'test.h', time, recordedAt });
    await archive.append({ id: `boot-${++n}`, time: commit.time, events, samples });
  };
  await tell({ archive, graph, now, say });
}

/** What a graph of its own makes of changes: each call goes on with the one before of the same test. */
const tellers = new Map<string, Graph>();
function happened(time: number, changes: readonly Change[]): readonly GraphEvent[] {
  const name = expect.getState().currentTestName ?? '';
  const graph = tellers.get(name) ?? new Graph();
  tellers.set(name, graph);
  return graph.apply(changes, { host: 'h', origin: 'test.h', time }).events;
}

function added(element: Element): GraphEvent {
  return { revision: 0, kind: 'added', element, before: undefined };
}

/** One change of each id. */
function onceEach(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((change) => [change.id ?? '', change])).values()];
}

function named(...ids: string[]): ElementName[] {
  return ids.map((id) => ({ kind: 'node', id }));
}

function node(id: string, metadata = {}): Change {
  return { kind: 'node', id, metadata };
}

function edge(parent: string, child: string): Change & { kind: 'edge' } {
  return { kind: 'edge', parent, child, metadata: { RelationType: 'r' } };
}

function draw(view: GraphView): string {
  return [...view.nodes(), ...view.edges()].map(line).sort().join(' | ');
}

function line({ id, metadata }: Element): string {
  return `${id} ${JSON.stringify(metadata)}`;
}

function intervals(elements: Iterable<Element>): string[] {
  return Array.from(
    elements,
    (e) =>
      `${e.kind} ${line(e)} ${e.createdAt} [${e.updatedAt}, ${e.validTo}) ${e.deletedAt} ${e.recordedAt} r${e.revision}`,
  ).sort();
}
