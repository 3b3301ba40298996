/**
 * The line of time of a fleet: several hosts, each in its own order, late by as much as they like, closed and back again.
 * Memory and archive together answer as a list does that kept everything of every host.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Archive } from '../../src/archive/archive.ts';
import { openEmbeddedArchive } from '../../src/archive/embedded/index.ts';
import { MemoryArchive } from '../../src/archive/memory/index.ts';
import { MergedTimeline } from '../../src/archive/timeline.ts';
import type { Change, Commit } from '../../src/graph/change.ts';
import { Graph } from '../../src/graph/graph.ts';
import { toldOf } from '../../src/graph/telling.ts';
import type { Told } from '../../src/graph/told.ts';
import type { Element, GraphView } from '../../src/graph/view.ts';

type Act =
  | { readonly kind: 'say'; readonly host: number; readonly pause: number; readonly changes: readonly Change[] }
  /** Some of what waits on the host's disk arrives; some of it for the second time. */
  | { readonly kind: 'deliver'; readonly host: number; readonly count: number; readonly again: number }
  | { readonly kind: 'close'; readonly host: number }
  /** All that waits, and then the whole picture. */
  | { readonly kind: 'whole'; readonly host: number }
  | { readonly kind: 'fill' }
  | { readonly kind: 'forget'; readonly ago: number };

const HOSTS = [0, 1, 2];
const FILLING = 4_200;
const host = fc.constantFrom(...HOSTS);
const id = fc.constantFrom('a', 'b', 'c');
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('node' as const), id, metadata: fc.record({ N: fc.nat(3) }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('edge' as const),
      parent: id,
      child: id,
      metadata: fc.record({ RelationType: fc.constantFrom('r', 's') }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('gone' as const), id }) },
);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      host,
      pause: fc.nat(3),
      changes: fc.array(change, { maxLength: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('deliver' as const), host, count: fc.nat(4), again: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), host }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('whole' as const), host }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fill' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), ago: fc.nat(9) }) },
);

const property = (open: () => Promise<Archive>) =>
  fc.asyncProperty(fc.array(act, { maxLength: 40 }), fc.array(fc.nat(100), { maxLength: 8 }), async (acts, times) => {
    await using archive = await open();
    const fleet = new Fleet(archive);
    for (const one of acts) await fleet.act(one);
    for (const host of HOSTS) await fleet.act({ kind: 'deliver', host, count: Number.POSITIVE_INFINITY, again: 0 });
    await fleet.isTold(times);
  });

test('no seam between memory and an archive in memory, whatever comes late', () =>
  fc.assert(
    property(async () => new MemoryArchive()),
    { numRuns: 60 },
  ));

test('no seam between memory and an archive on disk, whatever comes late', () => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-fleet-'));
  let n = 0;
  return fc
    .assert(
      property(() => openEmbeddedArchive({ directory: join(directory, String(++n)) })),
      { numRuns: 8 },
    )
    .finally(() => rmSync(directory, { recursive: true }));
}, 60_000);

interface Host {
  readonly graph: Graph;
  /** Told, and not delivered yet; and what was. */
  readonly spool: Told[][];
  readonly sent: Told[][];
  /** The last moment that was delivered. */
  known: number;
}

class Fleet {
  readonly #archive: Archive;
  readonly #graph = new Graph({ begin: 0 });
  readonly #hosts = HOSTS.map((): Host => ({ graph: new Graph(), spool: [], sent: [], known: 0 }));
  #time = 1;
  #batches = 0;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  async act(one: Act): Promise<void> {
    switch (one.kind) {
      case 'say':
        this.#time += one.pause;
        this.#say(one.host, one.changes);
        return;
      case 'deliver': {
        const { spool, sent } = this.#host(one.host);
        for (const told of sent.slice(sent.length - one.again)) await this.#tell(one.host, told);
        for (let n = 0; n < one.count && spool.length > 0; n++) await this.#tell(one.host, this.#next(one.host));
        return;
      }
      case 'close': {
        // A host that is away tells nothing more before it tells a whole picture.
        const { known } = this.#host(one.host);
        await this.#keep(this.#graph.close(`agent.${one.host}`, known, this.#time));
        await this.act({ kind: 'whole', host: one.host });
        return;
      }
      case 'whole':
        while (this.#host(one.host).spool.length > 0) await this.#tell(one.host, this.#next(one.host));
        await this.#tell(one.host, [...this.#host(one.host).graph.told()], this.#time);
        return;
      case 'fill':
        this.#time += 1;
        for (let i = 0; i < FILLING; i += 100)
          this.#say(
            0,
            Array.from({ length: 100 }, (_, n) => ({ kind: 'node', id: 'filler', metadata: { N: i + n } })),
          );
        return;
      case 'forget':
        this.#graph.forgetBefore(this.#time - one.ago);
    }
  }

  async isTold(times: readonly number[]): Promise<void> {
    const timeline = new MergedTimeline({
      graph: this.#graph,
      archive: this.#archive,
      flushed: async () => {},
      nowMs: () => this.#time + 1,
    });
    await timeline.refresh();
    for (const n of [...times, this.#time]) {
      const time = n % (this.#time + 1);
      const expected = this.#hosts.flatMap(({ graph }) => drawn(graph.at(time)));
      expect({ time, is: drawn(await this.#archive.viewAt(time)) }).toEqual({ time, is: expected.sort() });
      if (time < timeline.range().from) continue;
      expect({ time, is: drawn(await timeline.at(time)) }).toEqual({ time, is: expected.sort() });
      // Memory alone shows the same from where it says so.
      if (time >= this.#graph.wholeSince) expect(drawn(this.#graph.at(time))).toEqual(expected);
    }
  }

  #say(host: number, changes: readonly Change[]): void {
    const { graph, spool } = this.#host(host);
    const named = changes.map((change) => namedFor(host, change));
    const { events } = graph.apply(named, { host: `${host}`, origin: `agent.${host}`, time: this.#time });
    if (events.length > 0) spool.push(events.map(toldOf));
  }

  #next(host: number): Told[] {
    const { spool, sent } = this.#host(host);
    const told = spool.shift() as Told[];
    sent.push(told);
    return told;
  }

  async #tell(host: number, told: readonly Told[], wholeAt?: number): Promise<void> {
    const teller = { host: `${host}`, origin: `agent.${host}` };
    const options = { recordedAt: this.#time + 1000, ...(wholeAt === undefined ? {} : { wholeAt }) };
    const commit = this.#graph.mirror(told, teller, options);
    expect(commit.missing).toEqual([]);
    const one = this.#host(host);
    for (const { element } of commit.events) one.known = Math.max(one.known, element.deletedAt ?? element.updatedAt);
    await this.#keep(commit);
  }

  async #keep({ time, events, samples }: Commit): Promise<void> {
    await this.#archive.append({ id: `spool-${++this.#batches}`, time, events, samples, isRelayed: true });
  }

  #host(host: number): Host {
    return this.#hosts[host] as Host;
  }
}

/** Each host has its own elements. */
function namedFor(host: number, change: Change): Change {
  if (change.kind === 'edge') return { ...change, parent: `${host}${change.parent}`, child: `${host}${change.child}` };
  return { ...change, id: `${host}${change.id}` };
}

function drawn(view: GraphView): string[] {
  const words = ({ kind, id, metadata, createdAt, updatedAt, revision }: Element) =>
    `${kind} ${id} ${JSON.stringify(metadata)} ${createdAt} ${updatedAt} r${revision}`;
  const lines = [...view.nodes(), ...view.edges()].map(words);
  for (const node of view.nodes())
    for (const edge of view.out(node))
      lines.push(`${node.id} out ${edge.id} ${[...view.children(edge)].map((c) => c.id)}`);
  return lines.sort();
}
