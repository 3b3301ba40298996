/**
 * Captures on nodes of others: each is a query, and who made the nodes that it finds is told to capture there. What became
 * of it is read from the nodes, where whoever captures says it.
 */
import type { Commit } from '../graph/change.ts';
import type { GraphNode, Metadata } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { Passes } from '../std/passes.ts';
import { someOf } from '../std/some-of.ts';
import { type BookParts, CaptureBook } from './book.ts';
import type { Capture } from './capture.ts';
import type { CaptureState } from './captures.ts';

/** A capture, and the nodes on which it is to run. */
export interface Assignment {
  readonly capture: Capture;
  /** Ids. */
  readonly nodes: readonly string[];
}

export interface AssignedParts extends BookParts {
  /** Nodes that a query finds now; those of a path too. Rejects with a Mistake. */
  readonly match: (query: string) => Promise<readonly GraphNode[]>;
  readonly view: () => GraphView;
  /** From now on this is all there is to do for whoever has this origin. Resolves to what it has to say of captures, by id. */
  readonly assign: (origin: string, assignments: readonly Assignment[]) => Promise<Notes>;
  /** Whom others tell what to do we tell nothing. Default: everyone is ours to tell. */
  readonly isMine?: (origin: string) => boolean;
  /** Nobody captures on nodes of other origins. */
  readonly canCapture: (origin: string) => boolean;
  readonly limits: { readonly captures: number; readonly nodes: number };
}

export type Notes = Readonly<Record<string, readonly string[]>>;

/** Sentences that are told about one capture. */
const NOTES_MAX = 20;
/** Nodes named in one. */
const NAMES_MAX = 3;

interface Found {
  /** Ids of nodes, by whose they are. */
  readonly nodes: ReadonlyMap<string, readonly string[]>;
  readonly matched: number;
  readonly refusals: readonly string[];
}

export class AssignedCaptures {
  readonly #parts: AssignedParts;
  readonly #book: CaptureBook;
  readonly #found = new Map<string, Found>();
  /** What each was told last, as text. */
  readonly #told = new Map<string, string>();
  readonly #notes = new Map<string, Notes>();
  readonly #passes: Passes;

  constructor(parts: AssignedParts) {
    this.#parts = parts;
    this.#book = new CaptureBook(parts, (id) => void this.delete(id));
    this.#passes = new Passes({ clock: parts.clock, run: () => this.#matchAll() });
  }

  restore(startup?: Omit<Capture, 'UUID'>): string | undefined {
    const note = this.#book.restore(startup);
    this.#passes.due();
    return note;
  }

  list(): Capture[] {
    return this.#book.list();
  }

  get(id: string): Capture | undefined {
    return this.#book.get(id);
  }

  create(asked: Omit<Capture, 'UUID'>): Capture {
    const capture = this.#book.create(asked);
    this.#passes.due();
    return capture;
  }

  async delete(id: string): Promise<boolean> {
    if (!this.#book.delete(id)) return false;
    this.#found.delete(id);
    await this.#assignAll();
    return true;
  }

  /** These are all there are from now on, as another analyzer has them. */
  replace(captures: readonly Capture[]): void {
    for (const id of this.#book.replace(captures)) this.#found.delete(id);
    this.#passes.due();
  }

  /** The graph has changed. */
  saw({ events }: Commit): void {
    if (events.length > 0 && this.#book.size + this.#told.size > 0) this.#passes.due();
  }

  /** Whoever has this origin has come, and does not know what to do. */
  came(origin: string): void {
    // Also that there is nothing to do: it may know of what was deleted meanwhile.
    this.#told.set(origin, '');
    this.#passes.due();
  }

  state(id: string): CaptureState {
    const found = this.#found.get(id);
    const notes = new Set(found?.refusals);
    const types: Record<string, number> = {};
    let [active, failed] = [0, 0];
    const view = this.#parts.view();
    for (const node of [...(found?.nodes.values() ?? [])].flat())
      for (const { metadata } of view.nodes(node))
        for (const entry of entriesOf(metadata, id)) {
          if (entry.State === 'active') {
            active++;
            types[String(entry.Type)] = (types[String(entry.Type)] ?? 0) + 1;
          } else if (entry.State === 'error') {
            failed++;
            notes.add(`${metadata.Name}: ${entry.Error}`);
          }
        }
    for (const origin of found?.nodes.keys() ?? [])
      for (const note of this.#notes.get(origin)?.[id] ?? []) notes.add(note);
    return { active, failed, matched: found?.matched ?? 0, types, notes: [...notes].slice(0, NOTES_MAX) };
  }

  get trouble(): string | undefined {
    return this.#book.trouble;
  }

  async stop(): Promise<void> {
    this.#book.stop();
    await this.#passes.stop();
  }

  async #matchAll(): Promise<void> {
    for (const capture of this.#book.list()) {
      let found: Found;
      try {
        found = this.#sorted(await this.#parts.match(capture.GremlinQuery));
      } catch (error) {
        const last = this.#found.get(capture.UUID);
        const refusals = [`its query fails: ${(error as Error).message}`];
        found = { nodes: last?.nodes ?? new Map(), matched: last?.matched ?? 0, refusals };
      }
      if (this.#passes.isStopped) return;
      // It may have been deleted while it was asked.
      if (this.#book.get(capture.UUID)) this.#found.set(capture.UUID, found);
    }
    await this.#assignAll();
  }

  #sorted(nodes: readonly GraphNode[]): Found {
    const { canCapture, limits } = this.#parts;
    const all = new Map(nodes.map((node) => [node.id, node]));
    const byOrigin = new Map<string, string[]>();
    const refused: string[] = [];
    let taken = 0;
    for (const { id, origin, metadata } of all.values()) {
      if (!canCapture(origin)) refused.push(String(metadata.Name));
      else if (taken++ < limits.nodes) byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), id]);
    }
    const refusals: string[] = [];
    if (refused.length > 0) refusals.push(`${someOf(refused, NAMES_MAX)}: of no agent that captures`);
    if (taken > limits.nodes)
      refusals.push(`its query finds ${all.size} nodes, and one capture takes ${limits.nodes} (option capture.nodes)`);
    return { nodes: byOrigin, matched: all.size, refusals };
  }

  async #assignAll(): Promise<void> {
    const byOrigin = new Map<string, Assignment[]>([...this.#told.keys()].map((origin) => [origin, []]));
    for (const capture of this.#book.list())
      for (const [origin, nodes] of this.#found.get(capture.UUID)?.nodes ?? []) {
        const its = byOrigin.get(origin) ?? [];
        byOrigin.set(origin, its);
        its.push({ capture, nodes: [...nodes].sort() });
      }
    await Promise.all([...byOrigin].map(([origin, assignments]) => this.#assign(origin, assignments)));
  }

  /** Who cannot be reached is told when it comes. */
  async #assign(origin: string, assignments: readonly Assignment[]): Promise<void> {
    if (this.#parts.isMine?.(origin) === false) {
      this.#told.delete(origin);
      this.#notes.delete(origin);
      return;
    }
    const text = JSON.stringify(assignments);
    if (this.#told.get(origin) === text) return;
    this.#told.set(origin, text);
    try {
      this.#notes.set(origin, await this.#parts.assign(origin, assignments));
    } catch (error) {
      if (this.#told.get(origin) === text) this.#told.delete(origin);
      const why = `not told yet: ${(error as Error).message}`;
      this.#notes.set(origin, Object.fromEntries(assignments.map(({ capture }) => [capture.UUID, [why]])));
    }
  }
}

function entriesOf({ Captures }: Metadata, id: string): Metadata[] {
  return Array.isArray(Captures) ? (Captures as Metadata[]).filter(({ ID }) => ID === id) : [];
}
