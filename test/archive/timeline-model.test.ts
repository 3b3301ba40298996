/** The line of time against a list that kept everything: whatever happened, whatever was forgotten, however often it began anew. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Archive } from '../../src/archive/archive.ts';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import type { Change } from '../../src/graph/change.ts';
import type { Difference, Element, GraphView } from '../../src/graph/view.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { change } from './changes.ts';
import { Everything } from './everything.ts';
import { begin, type Process } from './process.ts';

type Act =
  | { readonly kind: 'say'; readonly pause: number; readonly changes: readonly Change[] }
  | { readonly kind: 'count'; readonly pause: number; readonly id: string; readonly more: number }
  /** Enough that whole segments of the log can be dropped. */
  | { readonly kind: 'fill' }
  | { readonly kind: 'forget'; readonly ago: number }
  | { readonly kind: 'restart'; readonly pause: number; readonly back: readonly boolean[] }
  | { readonly kind: 'settle' }
  /** Nothing can be written, until something can again. */
  | { readonly kind: 'away'; readonly isAway: boolean };

const pause = fc.integer({ min: 0, max: 3 });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('say'), pause, changes: fc.array(change, { maxLength: 4 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('count'),
      pause,
      id: fc.constantFrom('a', 'b', 'e1'),
      more: fc.nat(2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fill') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forget'), ago: fc.nat(6) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('restart'),
      pause: fc.integer({ min: 1, max: 5 }),
      back: fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('away'), isAway: fc.boolean() }) },
) as fc.Arbitrary<Act>;
const question = fc.record({ at: fc.nat(1000), length: fc.nat(12) });

const property = (open: () => Promise<Archive>) =>
  fc.asyncProperty(fc.array(act, { maxLength: 40 }), fc.array(question, { maxLength: 12 }), async (acts, questions) => {
    await using archive = await open();
    const story = new Story(archive);
    await story.begin();
    for (const one of acts) await story.act(one);
    await story.settle();
    await story.isTold(questions);
    await story.end();
  });

test(
  'no seam between memory and an archive in memory',
  () =>
    fc.assert(
      property(async () => new MemoryArchive()),
      { numRuns: 60 },
    ),
  60_000,
);

test('no seam between memory and an archive on disk', () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-timeline-'));
  let n = 0;
  return fc
    .assert(
      property(() => openEmbeddedArchive({ directory: join(directory, String(++n)) })),
      { numRuns: 8 },
    )
    .finally(() => rmSync(directory, { recursive: true }));
}, 60_000);

const BEGIN = 1_000;
const FILLING = 4_200;

class Story {
  readonly #archive: Archive;
  readonly #all = new Everything();
  readonly #totals = new Map<string, number>();
  #process!: Process;
  #time = BEGIN;
  #begin = BEGIN;
  #isSettled = true;
  #isAway = false;

  constructor(archive: Archive) {
    this.#archive = archive;
    const append = archive.append.bind(archive);
    archive.append = (batch) => (this.#isAway ? Promise.reject(new Unavailable('history', 'room')) : append(batch));
  }

  async begin(): Promise<void> {
    this.#begin = this.#time;
    this.#process = await begin(this.#archive, this.#time);
    this.#process.graph.subscribe((commit) => this.#all.saw(commit));
  }

  async act(one: Act): Promise<void> {
    switch (one.kind) {
      case 'say':
        return this.#say(one.pause, one.changes);
      case 'count': {
        const total = (this.#totals.get(one.id) ?? 0) + one.more;
        this.#totals.set(one.id, total);
        return this.#say(one.pause, [{ kind: 'counters', id: one.id, series: 'Metric', total: { Rx: total } }]);
      }
      case 'fill':
        return this.#say(
          1,
          Array.from({ length: FILLING }, (_, i) => ({ kind: 'node', id: 'filler', metadata: { N: i % 2 } })),
        );
      case 'forget':
        return this.#process.writer.flushed().then(
          () => this.#process.graph.forgetBefore(this.#time - one.ago),
          () => undefined,
        );
      case 'restart':
        return this.#restart(one.pause, one.back);
      case 'settle':
        return this.settle();
      case 'away':
        this.#isAway = one.isAway;
    }
  }

  async settle(): Promise<void> {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const { lastKnown } = this.#process.restored;
    for (const element of await this.#process.settle()) this.#all.lost(element, lastKnown as number);
  }

  async isTold(questions: readonly { at: number; length: number }[]): Promise<void> {
    await this.#process.clock.pass(1);
    const { timeline } = this.#process;
    await timeline.refresh();
    const last = this.#time + 1;
    const moments = [...new Set([...this.#all.moments, BEGIN, last, last + 5])].sort((a, b) => a - b);
    for (const { at, length } of questions) {
      const from = moments[at % moments.length] as number;
      const to = from + length;
      await this.#agreesAt(from);
      await this.#agreesAt(to);
      const between = await timeline.between({ from, to });
      expect(this.#intervals(elementsOf(between))).toEqual(this.#intervals(this.#all.between({ from, to })));
      const ids = ['a', 'b', 'e1', 'filler', 'never'];
      const ofIds = (elements: readonly Element[]) => elements.filter(({ id }) => ids.includes(id));
      expect(this.#intervals(await timeline.history(ids, { from, to }))).toEqual(
        this.#intervals(ofIds(this.#all.between({ from, to }))),
      );
      expect((await timeline.diff({ from, to })).map(words).sort()).toEqual(
        differences(this.#all.at(from), this.#all.at(to)),
      );
      const samples = await timeline.samples(ids, 'Metric', { from, to });
      for (const id of ids)
        expect(samples.get(id)).toEqual(
          this.#all.samples(id, 'Metric', { from, to }).map(({ start, last, counters }) => ({ start, last, counters })),
        );
    }
    const ever = { from: 0, to: Number.POSITIVE_INFINITY };
    const known = ['a', 'e1'];
    expect(this.#intervals(await timeline.history(known))).toEqual(
      this.#intervals(this.#all.between(ever).filter(({ id }) => known.includes(id))),
    );
    await expect((async () => timeline.at(BEGIN - 1))()).rejects.toThrow('nothing is kept');
  }

  async end(): Promise<void> {
    this.#isAway = false;
    await this.#process.writer.stop();
  }

  async #agreesAt(time: number): Promise<void> {
    const view = await this.#process.timeline.at(time);
    const expected = this.#all.at(time);
    expect({ time, is: this.#intervals(elementsOf(view)) }).toEqual({ time, is: this.#intervals(expected) });
    expect([view.nodeCount, view.edgeCount]).toEqual([
      expected.filter(({ kind }) => kind === 'node').length,
      expected.filter(({ kind }) => kind === 'edge').length,
    ]);
    for (const node of view.nodes()) {
      const ends = (side: 'parent' | 'child') =>
        ids(expected.filter((edge) => edge.kind === 'edge' && edge[side] === node.id));
      expect(ids(view.out(node))).toEqual(ends('parent'));
      expect(ids(view.in(node))).toEqual(ends('child'));
    }
    for (const element of expected) {
      const newest = this.#all.newest(element, 'Metric', time);
      const counters = view.counters(element.id, 'Metric');
      // A node and an edge of one id share their counters; what was read but once is known to memory only, and what
      // an earlier run read only to the archive.
      if (element.id === 'a' || (newest === undefined && counters?.last === undefined)) continue;
      if (counters === undefined && (newest?.last ?? 0) < this.#begin) continue;
      expect({ id: element.id, time, total: counters?.total }).toEqual({ id: element.id, time, total: newest?.total });
    }
  }

  #intervals(elements: Iterable<Element>): string[] {
    // How a life ended later is known in hindsight, as soon as it is written.
    return intervals(this.#isAway ? Array.from(elements, (e) => ({ ...e, deletedAt: undefined })) : elements);
  }

  async #say(pause: number, changes: readonly Change[]): Promise<void> {
    this.#time += pause;
    await this.#process.clock.pass(Math.max(0, this.#time - this.#process.clock.now()));
    this.#process.say(this.#time, changes);
  }

  async #restart(pause: number, back: readonly boolean[]): Promise<void> {
    await this.settle();
    this.#isAway = false;
    const before = elementsOf(this.#process.graph.now());
    await this.#process.end(++this.#time);
    this.#time += pause;
    await this.begin();
    this.#isSettled = false;
    // Some come back, as they were.
    await this.#say(
      1,
      before.filter((_, i) => back[i % back.length]).map((element) => ({ ...element })),
    );
  }
}

function elementsOf(view: GraphView): Element[] {
  return [...view.nodes(), ...view.edges()];
}

function ids(elements: Iterable<Element>): string[] {
  return Array.from(elements, ({ id }) => id).sort();
}

function intervals(elements: Iterable<Element>): string[] {
  return Array.from(
    elements,
    (e) =>
      `${e.kind} ${e.id} ${JSON.stringify(e.metadata)} ${e.createdAt} [${e.updatedAt}, ${e.validTo}) ${e.deletedAt} ${e.recordedAt} r${e.revision}`,
  ).sort();
}

function words({ kind, before, after, keys }: Difference): string {
  const names = keys.map(({ key, ...values }) => `${key} ${values.before}-${values.after}`).sort();
  return `${kind} ${(before ?? after)?.kind} ${(before ?? after)?.id} ${names}`;
}

function differences(before: readonly Element[], after: readonly Element[]): string[] {
  const key = ({ kind, id, createdAt }: Element) => `${kind} ${id} ${createdAt}`;
  const then = new Map(before.map((element) => [key(element), element]));
  const now = new Map(after.map((element) => [key(element), element]));
  const found = [
    ...before.filter((e) => !now.has(key(e))).map((e) => `removed ${e.kind} ${e.id} `),
    ...after.filter((e) => !then.has(key(e))).map((e) => `added ${e.kind} ${e.id} `),
  ];
  for (const [name, is] of now) {
    const was = then.get(name);
    if (!was) continue;
    const keys = [...new Set([...Object.keys(was.metadata), ...Object.keys(is.metadata)])]
      .filter((k) => was.metadata[k] !== is.metadata[k])
      .map((k) => `${k} ${was.metadata[k]}-${is.metadata[k]}`);
    if (keys.length > 0) found.push(`changed ${is.kind} ${is.id} ${keys.sort()}`);
  }
  return found.sort();
}
