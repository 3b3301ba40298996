/**
 * Elements that no agent tells: analyzers make them, each writes what it made into the archive that they share, and takes
 * from there what others wrote. So all have them with the same births and revisions, and any of them can change them next.
 */
import type { Archive } from '../../archive/archive.ts';
import type { Change, Source } from '../../graph/change.ts';
import type { Element } from '../../graph/element.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Told } from '../../graph/told.ts';
import { changedKeys } from '../../graph/value.ts';
import type { Clock } from '../../std/clock.ts';
import { Unavailable } from '../../std/unavailable.ts';

export interface SharedElementsParts {
  readonly graph: Pick<Graph, 'now' | 'mirror' | 'apply'>;
  readonly archive: Pick<Archive, 'open' | 'versions'>;
  /** Whose elements these are. */
  readonly origins: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: { warn(message: string): void };
  readonly lookMs?: number;
}

const LOOK_MS = 1_500;
/** Looking takes this share of the time at most. */
const SHARE = 10;

type Name = Pick<Element, 'kind' | 'id' | 'createdAt' | 'revision'> & {
  /** It is not open in the archive any more, and is here. */
  readonly isLingering?: true;
};

export class SharedElements implements AsyncDisposable {
  readonly #parts: SharedElementsParts;
  /** As the archive had them open last. */
  #seen: ReadonlyMap<string, Name> = new Map();
  #looking: Promise<void> = Promise.resolve();
  #callOff: (() => void) | undefined;
  #isStopped = false;
  #trouble: string | undefined;

  constructor(parts: SharedElementsParts) {
    this.#parts = parts;
  }

  /** Looks again and again until it is disposed of. What is here now came from the archive: it may have ended there since. */
  start(): void {
    const { clock, graph, lookMs = LOOK_MS, origins } = this.#parts;
    const view = graph.now();
    const here = [...view.nodes(), ...view.edges()].filter(({ origin }) => origins.has(origin));
    this.#seen = new Map(here.map((its) => [`${its.kind} ${its.id}`, its]));
    const again = (waitMs: number) => {
      if (this.#isStopped) return;
      this.#callOff = clock.after(waitMs, () => {
        const begun = clock.now();
        void this.look().then(() => again(Math.max(lookMs, (clock.now() - begun) * SHARE)));
      });
    };
    again(lookMs);
  }

  /** Takes in what others wrote. Never rejects: while the archive is away there is nothing to take. */
  look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#look())
      .then(
        () => {
          this.#trouble = undefined;
        },
        (error: Error) => {
          // That the archive is away is told by it.
          if (!(error instanceof Unavailable) && error.message !== this.#trouble)
            this.#parts.log.warn(`what other analyzers made is not seen: ${error.message}`);
          this.#trouble = error.message;
        },
      );
    return this.#looking;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#callOff?.();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { archive, origins } = this.#parts;
    const open = await archive.open(origins);
    const seen = new Map<string, Name>();
    for (const { kind, id, createdAt, revision } of open) seen.set(`${kind} ${id}`, { kind, id, createdAt, revision });
    const gone = [...this.#seen].flatMap(([key, name]) => (seen.has(key) ? [] : [name]));
    const versions = gone.length > 0 ? await archive.versions([...new Set(gone.map(({ id }) => id))]) : [];
    if (this.#isStopped) return;
    for (const name of gone) {
      const ended = lastVersion(name, versions);
      if (ended) this.#tell(ended, [endOf(ended)]);
      if (this.#isEnded(name)) continue;
      // A word of our own may be on its way, which makes it go on; when it was not taken, it has ended here too.
      const key = `${name.kind} ${name.id}`;
      seen.set(key, { ...name, isLingering: true });
      if (name.isLingering && seen.delete(key)) this.#end(name, ended?.deletedAt);
    }
    for (const element of open) {
      const before = this.#seen.get(`${element.kind} ${element.id}`);
      if (before?.createdAt === element.createdAt && before.revision === element.revision && !before.isLingering)
        continue;
      this.#tell(element, [{ kind: 'version', element }]);
      this.#agree(element);
    }
    this.#seen = seen;
  }

  #tell({ origin, host }: Element, told: readonly Told[]): void {
    this.#parts.graph.mirror(told, { origin, host }, { recordedAt: this.#parts.clock.now(), isShared: true });
  }

  #isEnded({ kind, id, createdAt }: Name): boolean {
    return this.#here(kind, id)?.createdAt !== createdAt;
  }

  #end({ kind, id }: Name, deletedAt = this.#parts.clock.now()): void {
    const here = this.#here(kind, id);
    if (here) this.#tell(here, [endOf({ ...here, deletedAt })]);
  }

  #here(kind: Element['kind'], id: string): Element | undefined {
    const view = this.#parts.graph.now();
    for (const element of kind === 'node' ? view.nodes(id) : view.edges(id)) return element;
    return undefined;
  }

  /** Two made the version after one at once: the archive took the first, and that is what follows. */
  #agree(element: Element): void {
    const { graph, clock } = this.#parts;
    const { kind, id, metadata } = element;
    const here = this.#here(kind, id);
    if (here?.createdAt !== element.createdAt || here.revision !== element.revision) return;
    const keys = changedKeys(here.metadata, metadata);
    if (keys.length === 0) return;
    const set = Object.fromEntries(Object.entries(metadata).filter(([key]) => keys.includes(key)));
    const unset = keys.filter((key) => !Object.hasOwn(metadata, key));
    const change: Change = { kind: 'set', id, of: kind, set, unset };
    const source: Source = { host: here.host, origin: here.origin, time: clock.now() };
    graph.apply([change], source);
  }
}

/** Of a life that ended; undefined when it was too short to be kept. */
function lastVersion(name: Name, versions: readonly Element[]): Element | undefined {
  return versions
    .filter(
      ({ kind, id, createdAt, deletedAt }) =>
        kind === name.kind && id === name.id && createdAt === name.createdAt && deletedAt !== undefined,
    )
    .toSorted((a, b) => b.revision - a.revision)[0];
}

function endOf({ kind: of, id, createdAt, revision, deletedAt = 0 }: Element): Told {
  return { kind: 'gone', of, id, createdAt, revision, deletedAt };
}
