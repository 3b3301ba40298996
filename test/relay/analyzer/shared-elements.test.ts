import { MemoryArchive } from '../../../src/archive/memory/index.ts';
import type { Change } from '../../../src/graph/change.ts';
import { Graph } from '../../../src/graph/graph.ts';
import { SharedElements } from '../../../src/relay/analyzer/shared-elements.ts';
import { edgeId } from '../../../src/std/edgeid.ts';
import { Unavailable } from '../../../src/std/unavailable.ts';
import { fakeClock } from '../../std/fake-clock.ts';

test('what one makes the other has, with the same birth and revision, and can change next', async () => {
  const { a, b } = two();
  await a.say(node('x', { N: 1 }), node('y'), edge('x', 'y'));
  await b.shared.look();
  expect(b.drawn()).toEqual(a.drawn());
  await b.say({ kind: 'set', id: 'x', set: { N: 2 } });
  await a.shared.look();
  expect(a.drawn()).toEqual(b.drawn());
  expect(a.drawn()).toContain('x@1000000#2 {"N":2}');
  await a.say({ kind: 'gone', id: 'x' });
  await b.shared.look();
  // It lasted no millisecond: the archive has nothing of it any more.
  await b.shared.look();
  expect(b.drawn()).toEqual(['y@1000000#1 {}']);
});

test('what one ends while another changes it has ended', async () => {
  const { a, b, clock } = two();
  await a.say(node('x', { N: 1 }));
  await b.shared.look();
  await clock.pass(1_000);
  await a.say({ kind: 'gone', id: 'x' });
  await b.say({ kind: 'set', id: 'x', set: { N: 2 } });
  for (let n = 0; n < 2; n++) await b.shared.look();
  expect(b.drawn()).toEqual([]);
});

test('when it ended elsewhere is when it ended here', async () => {
  const { a, b, clock } = two();
  await a.say(node('x'));
  await b.shared.look();
  await clock.pass(5_000);
  await a.say({ kind: 'gone', id: 'x' });
  await clock.pass(5_000);
  await b.shared.look();
  expect(b.graph.history(['x']).map(({ deletedAt }) => deletedAt)).toEqual([1_005_000]);
});

test('what is not written yet is neither ended nor set back', async () => {
  const { a, b } = two();
  await a.say(node('x', { N: 1 }));
  await b.shared.look();
  b.keepBack();
  await b.say({ kind: 'set', id: 'x', set: { N: 2 } }, node('new'));
  await b.shared.look();
  expect(b.drawn()).toEqual(['new@1000000#1 {}', 'x@1000000#2 {"N":2}']);
  await b.say({ kind: 'gone', id: 'x' });
  await b.shared.look();
  expect(b.drawn()).toEqual(['new@1000000#1 {}']);
});

test('two who change one at once agree in the end', async () => {
  const { a, b } = two();
  await a.say(node('x', { N: 0 }));
  await b.shared.look();
  await a.say({ kind: 'set', id: 'x', set: { N: 1, OfA: true } });
  await b.say({ kind: 'set', id: 'x', set: { N: 2, OfB: true } });
  for (let n = 0; n < 3; n++) for (const { shared, written } of [a, b]) await shared.look().then(written);
  expect(a.drawn()).toEqual(b.drawn());
  expect(a.drawn()).toEqual(['x@1000000#3 {"N":1,"OfA":true}']);
});

test('while the archive is away there is nothing to take, and then there is', async () => {
  const { a, b, clock } = two();
  b.shared.start();
  b.away(true);
  await a.say(node('x'));
  await clock.pass(10_000);
  expect(b.drawn()).toEqual([]);
  expect(b.warnings).toEqual([]);
  b.away(false);
  await clock.pass(2_000);
  expect(b.drawn()).toEqual(['x@1000000#1 {}']);
  await b.shared[Symbol.asyncDispose]();
});

test('what came back with a restart, and ended before it was looked at, has ended', async () => {
  const { a, b, clock } = two();
  await a.say(node('x'));
  b.graph.remember(a.graph.history(['x']));
  b.graph.adopt(() => true);
  b.shared.start();
  await clock.pass(100);
  await a.say({ kind: 'gone', id: 'x' });
  expect(b.drawn()).toEqual(['x@1000000#1 {}']);
  await clock.pass(2_000);
  expect(b.drawn()).toEqual([]);
  await b.shared[Symbol.asyncDispose]();
});

test('elements of others are left alone', async () => {
  const { a, b } = two();
  await a.say(node('x'));
  await a.say(node('mine'));
  a.graph.apply([node('probed')], { host: 'h', origin: 'agent.h', time: 1_000_000 });
  await a.written();
  await b.shared.look();
  expect(b.drawn().join(' ')).not.toContain('probed');
});

function two() {
  const clock = fakeClock();
  const archive = new MemoryArchive({ clock });
  const one = (name: string) => {
    const graph = new Graph({ edgeId });
    const warnings: string[] = [];
    let [isAway, isBack, batches] = [false, false, 0];
    let kept = Promise.resolve();
    graph.subscribe(({ isTold, events, samples }) => {
      if (isTold || isBack) return;
      const batch = { id: `${name}-${++batches}`, time: clock.now(), events, samples };
      kept = kept.then(() => archive.append(batch));
    });
    const shared = new SharedElements({
      graph,
      archive: {
        open: async (origins) => {
          if (isAway) throw new Unavailable('the archive', 'it to be there');
          return archive.open(origins);
        },
        versions: (ids, span) => archive.versions(ids, span),
      },
      origins: new Set(['api']),
      clock,
      log: { warn: (text) => void warnings.push(text) },
    });
    return {
      ...{ graph, shared, warnings },
      written: () => kept,
      keepBack: () => {
        isBack = true;
      },
      away: (is: boolean) => {
        isAway = is;
      },
      async say(...changes: Change[]) {
        graph.apply(changes, { host: 'h', origin: 'api', time: clock.now() });
        await kept;
      },
      drawn: () =>
        [...graph.now().nodes(), ...graph.now().edges()]
          .map(
            (its) =>
              `${its.kind === 'edge' ? 'edge' : its.id}@${its.createdAt}#${its.revision} ${JSON.stringify(its.metadata)}`,
          )
          .toSorted(),
    };
  };
  return { a: one('a'), b: one('b'), clock };
}

function node(id: string, metadata = {}): Change {
  return { kind: 'node', id, metadata };
}

function edge(parent: string, child: string): Change {
  return { kind: 'edge', parent, child, metadata: { RelationType: 'r' } };
}
