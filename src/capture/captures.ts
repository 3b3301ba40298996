/**
 * Captures as objects: each is a query, and runs on every node that the query finds, from the moment it is found until it
 * is no more. This class knows which; what happens at one node is point.ts.
 */
import type { Commit } from '../graph/change.ts';
import type { GraphNode } from '../graph/element.ts';
import { Passes } from '../std/passes.ts';
import { someOf } from '../std/some-of.ts';
import { type BookParts, CaptureBook } from './book.ts';
import type { Capture } from './capture.ts';
import { CaptureEntries, type EntriesParts } from './entries.ts';
import { isSamePlace, type KnownNamespace, placeOf } from './places.ts';
import { CapturePoint, type PointParts } from './point.ts';

export interface CapturesParts
  extends EntriesParts,
    Omit<BookParts, 'door' | 'mechanisms' | 'log'>,
    Omit<PointParts, 'changed' | 'claims'> {
  /** Nodes that a capture is to run on now. Rejects with a Mistake. */
  readonly match: (capture: Capture) => Promise<readonly GraphNode[]>;
  readonly namespaces: () => readonly KnownNamespace[];
  /** Node of the namespace we run in. */
  readonly ownNode: string;
  readonly limits: CaptureLimits;
}

export interface CaptureLimits {
  readonly captures: number;
  /** Nodes of one capture. */
  readonly nodes: number;
}

export const defaultLimits: CaptureLimits = { captures: 1_000, nodes: 2_000 };

/** Sentences that are kept about the nodes of one capture. */
const NOTES_MAX = 20;
/** Nodes named in one. */
const NAMES_MAX = 3;

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

/** Where one capture runs. */
interface Running {
  readonly points: Map<string, CapturePoint>;
  matched: number;
  /** Why not on these nodes, and why not at all. */
  refusals: readonly string[];
}

export class Captures {
  readonly #parts: CapturesParts;
  readonly #book: CaptureBook;
  readonly #running = new Map<string, Running>();
  readonly #entries: CaptureEntries;
  readonly #claims = new Set<string>();
  readonly #passes: Passes;
  #revision = 0;

  constructor(parts: CapturesParts) {
    this.#parts = parts;
    this.#entries = new CaptureEntries(parts);
    this.#passes = new Passes({ clock: parts.clock, run: () => this.#matchAll() });
    this.#book = new CaptureBook(parts, (id) => void this.delete(id));
  }

  /** Takes up what earlier runs left, and the capture of the configuration. Gives what is odd about the file. */
  restore(startup?: Omit<Capture, 'UUID'>): string | undefined {
    const note = this.#book.restore(startup);
    this.recheck();
    return note;
  }

  list(): Capture[] {
    return this.#book.list();
  }

  get(id: string): Capture | undefined {
    return this.#book.get(id);
  }

  /** Throws a Mistake: `capture.duplicate`, or what is wrong with it. Starts on nodes in the background. */
  create(asked: Omit<Capture, 'UUID'>): Capture {
    const capture = this.#book.create(asked);
    this.recheck();
    return capture;
  }

  /** False when there is none. Resolves when it runs nowhere any more. */
  async delete(id: string): Promise<boolean> {
    if (!this.#book.delete(id)) return false;
    await this.#end(id);
    return true;
  }

  /** These are all there are from now on: an analyzer's list. Resolves when the others run nowhere any more. */
  async replace(captures: readonly Capture[]): Promise<void> {
    const gone = this.#book.replace(captures);
    this.recheck();
    await Promise.all(gone.map((id) => this.#end(id)));
  }

  /** Where captures are to run may be different now. */
  recheck(): void {
    if (this.#book.size > 0) this.#passes.due();
  }

  state(id: string): CaptureState {
    const its = this.#running.get(id);
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
    return this.#book.trouble;
  }

  *points(): Generator<CapturePoint> {
    for (const { points } of this.#running.values()) yield* points.values();
  }

  /** The graph has changed. Its revision tells also of nodes that came back as they were, which are no events. */
  saw(commit: Commit, revision: number): void {
    const isNews = revision !== this.#revision && !this.#entries.isWriting;
    this.#revision = revision;
    if (!isNews) return;
    for (const { kind, element } of commit.events) {
      if (element.kind !== 'node') continue;
      for (const point of [...this.#entries.at(element.id)]) {
        const its = this.#running.get(point.capture.UUID);
        if (its && kind === 'removed') void this.#stop(its, point);
        else point.nudge();
      }
    }
    this.recheck();
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
    this.#book.stop();
    await this.#passes.stop();
    await Promise.all([...this.points()].map((point) => point.stop()));
  }

  async #end(id: string): Promise<void> {
    const its = this.#running.get(id);
    this.#running.delete(id);
    if (its) await Promise.all([...its.points.values()].map((point) => this.#stop(its, point)));
  }

  async #matchAll(): Promise<void> {
    for (const capture of this.#book.list()) {
      const its = this.#running.get(capture.UUID) ?? { points: new Map(), matched: 0, refusals: [] };
      this.#running.set(capture.UUID, its);
      try {
        const nodes = await this.#parts.match(capture);
        if (this.#passes.isStopped) return;
        // It may have been deleted while it was asked.
        if (this.#running.get(capture.UUID) === its) this.#reconcile(capture, its, nodes);
      } catch (error) {
        its.refusals = [`its query fails: ${(error as Error).message}`];
      }
    }
  }

  #reconcile(capture: Capture, its: Running, found: readonly GraphNode[]): void {
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
      const why = this.#cannot(capture, node);
      if (why !== undefined) refuse(why, name);
      else if (taken >= limits.nodes) beyond++;
      else {
        const place = placeOf(node, now, known, ownNode);
        if (typeof place === 'string') refuse(place, name);
        else {
          taken++;
          this.#start(its, new CapturePoint(capture, place, this.#pointParts()));
        }
      }
    }
    its.matched = nodes.size;
    its.refusals = [...refusals].slice(0, NOTES_MAX).map(([why, names]) => `${someOf(names, NAMES_MAX)}: ${why}`);
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

  #start(its: Running, point: CapturePoint): void {
    its.points.set(point.place.nodeId, point);
    this.#entries.add(point);
  }

  async #stop(its: Running, point: CapturePoint): Promise<void> {
    if (its.points.get(point.place.nodeId) === point) its.points.delete(point.place.nodeId);
    this.#entries.remove(point);
    await point.stop();
  }
}

function tooMany(found: number, most: number, beyond: number): string {
  return `its query finds ${found} nodes; ${beyond} of them are not captured, since one capture takes ${most} (option capture.nodes)`;
}
