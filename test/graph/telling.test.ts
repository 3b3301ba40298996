import fc from 'fast-check';
import type { Commit } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { toldOf } from '../../src/graph/telling.ts';
import type { Told } from '../../src/graph/told.ts';
import type { Element, GraphView } from '../../src/graph/view.ts';
import { changes } from '../archive/changes.ts';

const teller = { host: 'h', origin: 'agent.h' };

test('a mirror that is told what happened equals the original at every moment', () => {
  fc.assert(
    fc.property(changes, fc.infiniteStream(fc.nat(2)), (steps, again) => {
      const original = new Graph();
      const mirror = new Graph();
      const followers: Commit[] = [];
      mirror.subscribe((commit) => followers.push(commit));
      const sent: Told[][] = [];
      let time = 0;
      for (const { pause, changes } of steps) {
        time += pause;
        const { events } = original.apply(changes, { ...teller, time });
        sent.push(parsed(events.map(toldOf)));
        // What was on its way when a link broke comes once more, from some batches back.
        const from = sent.length - 1 - (again.next().value as number);
        for (const told of sent.slice(Math.max(0, from)))
          expect(mirror.mirror(told, teller, { recordedAt: 9 }).missing).toEqual([]);
      }
      for (let at = -1; at <= time; at++) expect(drawn(mirror.at(at))).toEqual(drawn(original.at(at)));
      expect(drawn(mirror.now())).toEqual(drawn(original.now()));
      // Who follows the mirror sees the same, as of any graph.
      const alive = new Map<string, Element>();
      for (const { kind, element } of followers.flatMap(({ events }) => events))
        if (kind === 'removed') alive.delete(`${element.kind} ${element.id}`);
        else alive.set(`${element.kind} ${element.id}`, element);
      expect([...alive.values()].map(words).sort()).toEqual(drawn(original.now()));
      // And so does one that begins now.
      const late = new Graph();
      late.mirror(parsed([...mirror.told('agent.h')]), teller, { recordedAt: 9, wholeAt: time });
      expect(drawn(late.now())).toEqual(drawn(original.now()));
    }),
    { numRuns: 100 },
  );
});

test('an update tells only what differs, in both directions', () => {
  const graph = new Graph();
  const say = (metadata: object) =>
    graph.apply([{ kind: 'node', id: 'a', metadata: metadata as never }], { ...teller, time: 1 }).events.map(toldOf);
  say({ Same: 1, Other: 1, Old: 1 });
  expect(say({ Same: 1, Other: 2, New: [] })).toEqual([
    {
      kind: 'update',
      of: 'node',
      id: 'a',
      createdAt: 1,
      revision: 2,
      updatedAt: 1,
      set: { Other: 2, New: [] },
      unset: ['Old'],
    },
  ]);
});

/** As it is on the other side. */
function parsed(told: readonly Told[]): Told[] {
  return JSON.parse(JSON.stringify(told)) as Told[];
}

function drawn(view: GraphView): string[] {
  return [...view.nodes(), ...view.edges()].map(words).sort();
}

function words(e: Element): string {
  const ends = e.kind === 'edge' ? `${e.parent} ${e.child}` : '';
  const metadata = Object.entries(e.metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${e.kind} ${e.id} ${ends} ${JSON.stringify(metadata)} ${e.createdAt} ${e.updatedAt} r${e.revision}`;
}
