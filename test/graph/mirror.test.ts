import type { Change, Commit } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { toldOf, versionOf } from '../../src/graph/telling.ts';
import type { Teller, Told } from '../../src/graph/told.ts';
import type { GraphView } from '../../src/graph/view.ts';

test('versions are taken as they are, and are known from when they were told', () => {
  const { mirror, far } = fleet('a');
  far('a', 1000, node('x', { N: 1 }));
  far('a', 2000, node('x', { N: 2 }));
  expect(mirror.history(['x']).map((e) => [e.createdAt, e.updatedAt, e.revision, e.recordedAt, e.origin])).toEqual([
    [1000, 1000, 1, 1005, 'agent.a'],
    [1000, 2000, 2, 2005, 'agent.a'],
  ]);
});

test('what is told again, or is older than what is known, changes nothing', () => {
  const { mirror, tell, far } = fleet('a');
  const told = [...far('a', 1000, node('x', { N: 1 })), ...far('a', 2000, node('x', { N: 2 }))];
  const before = mirror.revision;
  tell('a', told, 9000);
  tell('a', [...told].reverse(), 9000);
  expect(mirror.revision).toBe(before);
  const gone = far('a', 3000, { kind: 'gone', id: 'x' });
  tell('a', [...told, ...gone], 9000);
  expect(draw(mirror.now())).toBe('');
});

test('hosts tell late and out of order: each moment shows what was so then', () => {
  const { mirror, graphs, tell } = fleet('a', 'b');
  const late = [...say(graphs.a, 1000, node('x', { N: 1 })), ...say(graphs.a, 3000, node('x', { N: 2 }))];
  tell('b', say(graphs.b, 2000, node('y', { N: 1 })), 2000);
  tell('b', say(graphs.b, 4000, { kind: 'gone', id: 'y' }), 4000);
  tell('a', late, 9000);
  const at = [999, 1000, 2000, 3000, 4000].map((time) => draw(mirror.at(time)));
  expect(at).toEqual(['', 'x {"N":1}', 'x {"N":1} | y {"N":1}', 'x {"N":2} | y {"N":1}', 'x {"N":2}']);
  expect(mirror.diff({ from: 1500, to: 2500 }).map(({ kind, after }) => [kind, after?.id])).toEqual([['added', 'y']]);
});

test('an update whose version before is not here is asked for as a whole', () => {
  const { mirror, graphs, tell } = fleet('a');
  const [added, second, third] = [1, 2, 3].flatMap((n) => say(graphs.a, n * 1000, node('x', { N: n })));
  expect(tell('a', [second as Told], 1).missing).toEqual([{ kind: 'node', id: 'x' }]);
  expect(tell('a', [added as Told, third as Told], 1).missing).toEqual([{ kind: 'node', id: 'x' }]);
  expect(draw(mirror.now())).toBe('x {"N":1}');
  // Versions between are not known: memory alone cannot tell of moments before it.
  expect(tell('a', [...graphs.a.told()], 1).missing).toEqual([]);
  expect(draw(mirror.at(3000))).toBe('x {"N":3}');
  expect(mirror.wholeSince).toBe(3000);
});

test('a whole picture ends what is not in it', () => {
  const { mirror, graphs, tell, far } = fleet('a', 'b');
  far('a', 1000, node('x'), node('y'), edge('x', 'y'));
  far('b', 1000, node('z'));
  say(graphs.a, 2000, { kind: 'gone', id: 'y' }, node('w'));
  tell('a', [...graphs.a.told()], 3005, 3000);
  expect(draw(mirror.at(2999))).toBe('w {} | x {} | x>r>y {"RelationType":"r"} | y {} | z {}');
  expect(draw(mirror.at(3000))).toBe('w {} | x {} | z {}');
});

test('an edge waits for the nodes at its ends, and is seen only while both are there', () => {
  const { mirror, graphs, tell } = fleet('a');
  const [x, y, xy] = say(graphs.a, 1000, node('x'), node('y'), edge('x', 'y')) as [Told, Told, Told];
  tell('a', [xy, x], 1000);
  expect(draw(mirror.now())).toBe('x {}');
  expect(mirror.mirrorCounts.edgesWaiting).toBe(1);
  tell('a', [y], 1000);
  expect(draw(mirror.now())).toBe('x {} | x>r>y {"RelationType":"r"} | y {}');
  expect(mirror.mirrorCounts.edgesWaiting).toBe(0);
});

test('an edge of the same name between other nodes, within one millisecond, is another', () => {
  const { mirror, far } = fleet('a');
  far('a', 1000, node('x'), node('y'), node('z'), { ...edge('x', 'y'), id: 'e' });
  far('a', 1000, { ...edge('y', 'z'), id: 'e' }, { kind: 'gone', id: 'x' });
  expect(draw(mirror.now())).toBe('e {"RelationType":"r"} | y {} | z {}');
  expect([...mirror.now().edges()].map(({ parent, child }) => [parent, child])).toEqual([['y', 'z']]);
});

test('of an element that two tell of the first is shown, then the next without a hole', () => {
  const { mirror, far } = fleet('a', 'b');
  far('a', 1000, node('switch', { By: 'a' }));
  far('b', 1500, node('switch', { By: 'b' }), node('port'), edge('switch', 'port'));
  far('b', 2000, node('switch', { By: 'b', N: 2 }));
  expect(draw(mirror.now())).toContain('switch {"By":"a"}');
  expect(mirror.mirrorCounts.aside).toBe(1);
  far('a', 3000, { kind: 'gone', id: 'switch' });
  expect(mirror.mirrorCounts.aside).toBe(0);
  expect(draw(mirror.at(2999))).toContain('switch {"By":"a"}');
  expect(draw(mirror.at(3000))).toBe('port {} | switch {"By":"b","N":2} | switch>r>port {"RelationType":"r"}');
  far('b', 4000, { kind: 'set', id: 'switch', set: { N: 3 } });
  expect(draw(mirror.now())).toContain('switch {"By":"b","N":3}');
});

test('what was away for too long is closed, and goes on without a hole when it is told again', () => {
  const { mirror, graphs, tell, far } = fleet('a', 'b');
  far('b', 500, node('z'));
  far('a', 1000, node('x', { N: 1 }), node('y'), edge('x', 'y'));
  const closed = mirror.close('agent.a', 2000, 9000);
  expect(closed.events.map(({ kind, element }) => [kind, element.id, element.deletedAt, element.recordedAt])).toEqual([
    ['removed', 'x>r>y', 2000, 9000],
    ['removed', 'x', 2000, 9000],
    ['removed', 'y', 2000, 9000],
  ]);
  expect(draw(mirror.at(2000))).toBe('z {}');
  say(graphs.a, 3000, node('x', { N: 2 }), { kind: 'gone', id: 'y' });
  const back = tell('a', [...graphs.a.told()], 10_000, 4000);
  expect(back.events.map(({ kind, element, isReopened }) => [kind, element.id, element.revision, isReopened])).toEqual([
    ['added', 'x', 1, true],
    ['updated', 'x', 2, undefined],
  ]);
  expect(draw(mirror.at(2500))).toBe('x {"N":1} | z {}');
  expect(draw(mirror.now())).toBe('x {"N":2} | z {}');
  // Who follows the log by its numbers is told the same.
  const since = mirror.since(mirror.revision - 2) ?? [];
  expect(since.map(({ kind, isReopened }) => [kind, isReopened])).toEqual([
    ['added', true],
    ['updated', undefined],
  ]);
});

test('elements of others are theirs to change; edges of our own between them go with them', () => {
  const { mirror, far } = fleet('a', 'b');
  far('a', 1000, node('x'));
  far('b', 1000, node('y'));
  const own = { host: 'h', origin: 'agent.h', time: 1500 };
  expect(mirror.apply([edge('x', 'y')], own).refused).toEqual([]);
  const changes: Change[] = [node('x', { N: 1 }), { kind: 'set', id: 'x', set: { N: 1 } }, { kind: 'gone', id: 'x' }];
  expect(mirror.apply(changes, own).refused.map(({ reason }) => reason)).toEqual(
    Array(3).fill('node x is told by agent.a: only there it can be changed'),
  );
  far('b', 1200, { kind: 'gone', id: 'y' });
  // The edge began later than the node ended: there is no moment at which it is seen.
  expect(draw(mirror.now())).toBe('x {}');
  expect([1000, 1300, 1500, 1600].map((time) => draw(mirror.at(time)))).toEqual([
    'x {} | y {}',
    'x {}',
    'x {}',
    'x {}',
  ]);
});

test('points of series take their place once', () => {
  const { mirror, far } = fleet('a');
  far('a', 1000, node('x'));
  const point = (last: number) => ({
    id: 'x',
    series: 'Metric',
    start: last - 10,
    last,
    counters: { Rx: 1 },
    total: { Rx: last },
  });
  expect(mirror.mirrorSamples([point(2000), point(3000)])).toHaveLength(2);
  expect(mirror.mirrorSamples([point(2500), point(3000)]).map(({ last }) => last)).toEqual([2500]);
  const span = { from: 0, to: 9000 };
  expect(
    mirror
      .samples(['x'], 'Metric', span)
      .get('x')
      ?.map(({ last }) => last),
  ).toEqual([2000, 2500, 3000]);
  expect(mirror.now().counters('x', 'Metric')?.total).toEqual({ Rx: 3000 });
  expect(mirror.at(2600).counters('x', 'Metric')?.total).toEqual({ Rx: 2500 });
});

test('a change of what was closed too early is a change of what is alive', () => {
  const { mirror, graphs, tell, far } = fleet('a');
  far('a', 1000, node('x'));
  mirror.close('agent.a', 1500, 9000);
  const { events } = tell('a', say(graphs.a, 2000, node('x', { N: 2 })), 9000);
  expect(events.map(({ kind, element }) => [kind, element.revision, element.deletedAt])).toEqual([
    ['added', 1, undefined],
    ['updated', 2, undefined],
  ]);
  expect([...mirror.now().nodes()][0]).toMatchObject({ deletedAt: undefined, validTo: undefined });
});

test('a whole picture that comes late ends nothing that began after it', () => {
  const { mirror, graphs, tell, far } = fleet('a');
  far('a', 1000, node('x'), node('y'));
  const picture = [...graphs.a.told()].slice(0, 1);
  far('a', 3000, node('z'), edge('x', 'z'));
  tell('a', picture, 9000, 2000);
  expect(draw(mirror.now())).toBe('x {} | x>r>z {"RelationType":"r"} | z {}');
});

test('what an earlier run remembers of a teller is taken up where it is told', () => {
  const { mirror, far } = fleet('a');
  far('a', 1000, node('x', { N: 1 }), node('y'), edge('x', 'y'));
  const next = new Graph();
  next.remember([...mirror.now().nodes(), ...mirror.now().edges()]);
  next.adopt(() => true);
  const told = [...mirror.told('agent.a')].slice(0, 1);
  next.mirror(told, teller('a'), { recordedAt: 5000, wholeAt: 5000 });
  expect(draw(next.now())).toBe('x {"N":1}');
  expect(next.forgotten()).toEqual([]);
});

function fleet<H extends string>(...hosts: H[]) {
  const mirror = new Graph();
  const graphs = Object.fromEntries(hosts.map((host) => [host, new Graph()])) as Record<H, Graph>;
  const tell = (host: H, told: Iterable<Told>, recordedAt: number, wholeAt?: number) =>
    mirror.mirror(told, teller(host), wholeAt === undefined ? { recordedAt } : { recordedAt, wholeAt });
  const far = (host: H, time: number, ...changes: Change[]) => {
    const told = say(graphs[host], time, ...changes);
    tell(host, told, time + 5);
    return told;
  };
  return { mirror, graphs, tell, far };
}

function teller(host: string): Teller {
  return { host, origin: `agent.${host}` };
}

function say(graph: Graph, time: number, ...changes: Change[]): Told[] {
  const { events, refused }: Commit = graph.apply(changes, { host: 'h', origin: 'o', time });
  expect(refused).toEqual([]);
  return events.map((event) => (event.kind === 'added' ? versionOf(event.element) : toldOf(event)));
}

function node(id: string, metadata = {}): Change {
  return { kind: 'node', id, metadata };
}

function edge(parent: string, child: string): Change & { readonly kind: 'edge' } {
  return { kind: 'edge', parent, child, metadata: { RelationType: 'r' } };
}

function draw(view: GraphView): string {
  return [...view.nodes(), ...view.edges()]
    .map(({ id, metadata }) => `${id} ${JSON.stringify(metadata)}`)
    .sort()
    .join(' | ');
}
