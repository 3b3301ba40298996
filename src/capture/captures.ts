/**
 * Captures as objects: each is a query, and runs on every node that the query finds, from the moment it is found until it
 * is no more. This class knows which; what happens at one node is point.ts.
 */
import type { Commit } from '../graph/change.ts';
import type { GraphNode } from '../graph/element.ts';
import type { KeptLists } from '../std/kept-lists.ts';
import { type Fault, Mistake, mistake } from '../std/mistake.ts';
import { Passes } from '../std/passes.ts';
import type { Capture } from './capture.ts';
import { faultsOf } from './checks.ts';
import { CaptureEntries, type EntriesParts } from './entries.ts';
import { isSamePlace, type KnownNamespace, placeOf } from './places.ts';
import { CapturePoint, type PointParts } from './point.ts';
import { TimeToLive } from './time-to-live.ts';

export interface CapturesParts extends EntriesParts, Omit<PointParts, 'changed' | 'claims'> {
  /** Nodes that a query finds now; those of a path too. Rejects with a Mistake. */
  readonly match: (query: string) => Promise<readonly GraphNode[]>;
  /** Throws a Mistake that tells all that is wrong with a query. */
  readonly check: (query: string) => void;
  readonly namespaces: () => readonly KnownNamespace[];
  /** Node of the namespace we run in. */
  readonly ownNode: string;
  readonly kept: KeptLists<KeptCaptures>;
  readonly newId: () => string;
  readonly limits: CaptureLimits;
}

/** What is written down over a restart. */
export interface KeptCaptures {
  readonly captures: readonly Capture[];
}

export interface CaptureLimits {
  readonly captures: number;
  /** Nodes of one capture. */
  readonly nodes: number;
}

export const defaultLimits: CaptureLimits = { captures: 1_000, nodes: 2_000 };

/** Sentences that are kept about the nodes of one capture. */
const NOTES_MAX = 20;

/** What became of a capture. */
export interface CaptureState {
  readonly active: number;
  readonly failed: number;
  /** Nodes that its query found, those refused too. */
  readonly matched: number;
  /** By mechanism. */
  readonly types: Readonly<Record<string, number>>;
  /** Sentences: nodes that were refused, bounds that were met, errors. */
  readonly notes: readonly string[];
}

interface Kept {
  readonly capture: Capture;
  readonly points: Map<string, CapturePoint>;
  matched: number;
  /** Why not on these nodes, and why not at all. */
  refusals: readonly string[];
}

export class Captures {
  readonly #parts: CapturesParts;
  readonly #all = new Map<string, Kept>();
  readonly #entries: CaptureEntries;
  readonly #claims = new Set<string>();
  readonly #ttl: TimeToLive;
  readonly #passes: Passes;
  #revision = 0;
  #trouble: string | undefined;

  constructor(parts: CapturesParts) {
    this.#parts = parts;
    this.#entries = new CaptureEntries(parts);
    this.#passes = new Passes({ clock: parts.clock, run: () => this.#matchAll() });
    this.#ttl = new TimeToLive(parts.clock, (id) => void this.delete(id));
  }

  /** Takes up what earlier runs left, and the capture of the configuration. Gives what is odd about the file. */
  restore(startup?: Omit<Capture, 'UUID'>): string | undefined {
    const { lists, note } = this.#parts.kept.read();
    for (const capture of lists.captures) {
      if (capture.IsStartup) continue;
      if (capture.EndsAt !== undefined && capture.EndsAt <= this.#parts.clock.now()) continue;
      if (this.#all.size < this.#parts.limits.captures) this.#take(capture);
    }
    if (startup) this.#take({ ...startup, UUID: this.#parts.newId(), IsStartup: true });
    this.#changed();
    return note;
  }

  list(): Capture[] {
    return [...this.#all.values()].map(({ capture }) => capture);
  }

  get(id: string): Capture | undefined {
    return this.#all.get(id)?.capture;
  }

  /** Throws a Mistake: `capture.duplicate`, or what is wrong with it. Starts on nodes in the background. */
  create(asked: Omit<Capture, 'UUID'>): Capture {
    const { mechanisms, check, door, limits, newId } = this.#parts;
    const faults: Fault[] = faultsOf(asked, { mechanisms, check, door });
    if (faults.length > 0) throw new Mistake(faults, asked.GremlinQuery);
    if (this.list().some((other) => this.#isSame(other, asked)))
      throw mistake(
        'capture.duplicate',
        'duplicated resource',
        'captures with this query and type: skein capture list',
      );
    if (this.#all.size >= limits.captures)
      throw mistake('capture.many', `there are ${this.#all.size} captures already`, 'the option capture.max');
    const capture = { ...asked, UUID: newId() };
    this.#take(capture);
    this.#keep();
    this.#changed();
    return capture;
  }

  /** False when there is none. Resolves when it runs nowhere any more. */
  async delete(id: string): Promise<boolean> {
    const its = this.#drop(id);
    if (!its) return false;
    this.#keep();
    await Promise.all([...its.points.values()].map((point) => this.#stop(its, point)));
    return true;
  }

  state(id: string): CaptureState {
    const its = this.#all.get(id);
    const types: Record<string, number> = {};
    const notes = new Set(its?.refusals);
    let [active, failed] = [0, 0];
    for (const { state, place } of its?.points.values() ?? []) {
      if (state.kind === 'active') {
        active++;
        types[state.type] = (types[state.type] ?? 0) + 1;
      } else if (state.kind === 'error') {
        failed++;
        if (notes.size < NOTES_MAX) notes.add(`${place.name}: ${state.error}`);
      }
    }
    return { active, failed, matched: its?.matched ?? 0, types, notes: [...notes] };
  }

  /** A sentence while captures cannot be kept. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  *points(): Generator<CapturePoint> {
    for (const { points } of this.#all.values()) yield* points.values();
  }

  /** The graph has changed. Its revision tells also of nodes that came back as they were, which are no events. */
  saw(commit: Commit, revision: number): void {
    const isNews = revision !== this.#revision && !this.#entries.isWriting;
    this.#revision = revision;
    if (!isNews) return;
    for (const { kind, element } of commit.events) {
      if (element.kind !== 'node') continue;
      for (const point of [...this.#entries.at(element.id)]) {
        const its = this.#all.get(point.capture.UUID);
        if (its && kind === 'removed') void this.#stop(its, point);
        else point.nudge();
      }
    }
    this.#changed();
  }

  /** Takes the words of earlier runs from nodes that nothing captures now. */
  sweep(): void {
    this.#entries.sweep();
  }

  /** Writes what was counted since the last time. */
  count(): void {
    this.#entries.count();
  }

  /** Resolves when nothing runs any more; what is kept stays kept. */
  async stop(): Promise<void> {
    this.#ttl.stop();
    await this.#passes.stop();
    await Promise.all([...this.points()].map((point) => point.stop()));
  }

  #isSame(a: Capture, b: Omit<Capture, 'UUID'>): boolean {
    if (a.GremlinQuery !== b.GremlinQuery || (a.Type ?? '') !== (b.Type ?? '')) return false;
    const mechanism = this.#parts.mechanisms.find(({ type }) => type === a.Type);
    return (a.BPFFilter ?? '') === (b.BPFFilter ?? '') || mechanism?.can.several === false;
  }

  #take(capture: Capture): void {
    this.#all.set(capture.UUID, { capture, points: new Map(), matched: 0, refusals: [] });
    this.#ttl.add(capture);
  }

  #drop(id: string): Kept | undefined {
    const its = this.#all.get(id);
    this.#all.delete(id);
    this.#ttl.remove(id);
    return its;
  }

  /** Where nothing can be written captures run all the same, until the end of the process. */
  #keep(): void {
    try {
      this.#parts.kept.write({ captures: this.list().filter(({ IsStartup }) => !IsStartup) });
      this.#trouble = undefined;
    } catch (error) {
      const trouble = `captures will not survive a restart: ${(error as Error).message}`;
      if (trouble !== this.#trouble) this.#parts.log.warn(trouble);
      this.#trouble = trouble;
    }
  }

  #changed(): void {
    if (this.#all.size > 0) this.#passes.due();
  }

  async #matchAll(): Promise<void> {
    for (const its of [...this.#all.values()]) {
      try {
        const nodes = await this.#parts.match(its.capture.GremlinQuery);
        if (this.#passes.isStopped) return;
        // It may have been deleted while it was asked.
        if (this.#all.get(its.capture.UUID) === its) this.#reconcile(its, nodes);
      } catch (error) {
        its.refusals = [`its query fails: ${(error as Error).message}`];
      }
    }
  }

  #reconcile(its: Kept, found: readonly GraphNode[]): void {
    const { view, namespaces, ownNode, limits } = this.#parts;
    const nodes = new Map(found.map((node) => [node.id, node]));
    const known = namespaces();
    const now = view();
    const refusals = new Map<string, string[]>();
    const refuse = (why: string, name: string) => refusals.set(why, [...(refusals.get(why) ?? []), name]);
    let taken = 0;
    for (const [id, point] of its.points) {
      const node = nodes.get(id);
      const place = node && placeOf(node, now, known, ownNode);
      if (!place || typeof place === 'string' || !isSamePlace(point.place, place)) void this.#stop(its, point);
      else taken++;
    }
    let beyond = 0;
    for (const node of nodes.values()) {
      if (its.points.has(node.id)) continue;
      const name = String(node.metadata.Name);
      const why = this.#cannot(its.capture, node);
      if (why !== undefined) refuse(why, name);
      else if (taken >= limits.nodes) beyond++;
      else {
        const place = placeOf(node, now, known, ownNode);
        if (typeof place === 'string') refuse(place, name);
        else {
          taken++;
          this.#start(its, new CapturePoint(its.capture, place, this.#pointParts()));
        }
      }
    }
    its.matched = nodes.size;
    its.refusals = [...refusals].slice(0, NOTES_MAX).map(([why, names]) => `${someOf(names)}: ${why}`);
    if (beyond > 0) its.refusals = [...its.refusals, tooMany(nodes.size, limits.nodes, beyond)];
  }

  /** Why no mechanism takes a node. */
  #cannot({ Type }: Capture, { metadata }: GraphNode): string | undefined {
    const fit = this.#parts.mechanisms.filter(({ nodeTypes }) => nodeTypes.includes(String(metadata.Type)));
    if (fit.length === 0) return `nothing captures on nodes of type ${metadata.Type}`;
    if (Type !== undefined && !fit.some(({ type }) => type === Type))
      return `${Type} does not capture on nodes of type ${metadata.Type}: ${fit.map(({ type }) => type).join(', ')} can`;
    return undefined;
  }

  #pointParts(): PointParts {
    return { ...this.#parts, claims: this.#claims, changed: (point) => this.#entries.changed(point) };
  }

  #start(its: Kept, point: CapturePoint): void {
    its.points.set(point.place.nodeId, point);
    this.#entries.add(point);
  }

  async #stop(its: Kept, point: CapturePoint): Promise<void> {
    if (its.points.get(point.place.nodeId) === point) its.points.delete(point.place.nodeId);
    this.#entries.remove(point);
    await point.stop();
  }
}

function someOf(names: readonly string[]): string {
  const first = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}

function tooMany(found: number, most: number, beyond: number): string {
  return `its query finds ${found} nodes; ${beyond} of them are not captured, since one capture takes ${most} (option capture.nodes)`;
}
