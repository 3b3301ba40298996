/** `PacketInjections` on the nodes that packets are sent from: a list, with an entry for each injection. */
import type { Change } from '../../graph/change.ts';
import type { Metadata } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import type { Clock } from '../../std/clock.ts';
import type { MeetBound } from '../bounds.ts';
import { defaultInjectionLimits } from '../limits.ts';

export interface EntriesParts {
  readonly view: () => GraphView;
  readonly apply: (changes: readonly Change[]) => void;
  readonly clock: Clock;
}

export interface InjectionEntry extends Metadata {
  readonly ID: string;
  readonly State: string;
  /** Packets sent. */
  readonly Count: number;
}

/** How often the count of one that goes on is told: each time is a version of the node. */
const COUNTED_MS = 3_000;
/** What is over is told so long, as its analyzer does: one that was started anew knows nothing of it. */
const KEPT_MS = defaultInjectionLimits.keptMs;
/** Entries of one node; those that are over longest go first. */
const ENTRIES_MAX = 16;

export class InjectionEntries {
  readonly #parts: EntriesParts;
  readonly #byNode = new Map<string, Map<string, InjectionEntry>>();
  readonly #dirty = new Set<string>();
  #counting: (() => void) | undefined;
  readonly #leaving = new Map<string, () => void>();
  #isDue = false;

  constructor(parts: EntriesParts) {
    this.#parts = parts;
  }

  set(nodeId: string, entry: InjectionEntry, met: MeetBound): void {
    const entries = this.#byNode.get(nodeId) ?? new Map<string, InjectionEntry>();
    this.#byNode.set(nodeId, entries);
    const before = entries.get(entry.ID);
    entries.delete(entry.ID);
    entries.set(entry.ID, entry);
    for (const { ID, State } of entries.values()) {
      if (entries.size <= ENTRIES_MAX) break;
      if (State === 'active') continue;
      entries.delete(ID);
      met('node-entries');
    }
    this.#dirty.add(nodeId);
    if (entry.State !== 'active') this.#leaveLater(entry.ID);
    if (before?.State !== entry.State) this.#soon();
    else
      this.#counting ??= this.#parts.clock.after(COUNTED_MS, () => {
        this.#counting = undefined;
        this.#flush();
      });
  }

  /** Of injections that are over. */
  get kept(): number {
    return this.#leaving.size;
  }

  remove(uuid: string): void {
    this.#leaving.get(uuid)?.();
    this.#leaving.delete(uuid);
    for (const [nodeId, entries] of this.#byNode) {
      if (!entries.delete(uuid)) continue;
      if (entries.size === 0) this.#byNode.delete(nodeId);
      this.#dirty.add(nodeId);
      this.#soon();
    }
  }

  /** Nodes that tell of injections of an earlier run. */
  sweep(): void {
    for (const { id, metadata } of this.#parts.view().nodes())
      if (metadata.PacketInjections !== undefined && !this.#byNode.has(id)) this.#dirty.add(id);
    this.#flush();
  }

  clear(): void {
    for (const nodeId of this.#byNode.keys()) this.#dirty.add(nodeId);
    this.#byNode.clear();
    for (const cancel of this.#leaving.values()) cancel();
    this.#leaving.clear();
    this.#counting?.();
    this.#flush();
  }

  #leaveLater(uuid: string): void {
    this.#leaving.get(uuid)?.();
    this.#leaving.set(
      uuid,
      this.#parts.clock.after(KEPT_MS, () => this.remove(uuid)),
    );
  }

  /** With what else changes at the same time. */
  #soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#flush();
    });
  }

  #flush(): void {
    const view = this.#parts.view();
    const changes: Change[] = [];
    for (const id of this.#dirty) {
      if (!isThere(view, id)) continue;
      const entries = [...(this.#byNode.get(id)?.values() ?? [])];
      if (entries.length > 0) changes.push({ kind: 'set', id, of: 'node', set: { PacketInjections: entries } });
      else changes.push({ kind: 'set', id, of: 'node', unset: ['PacketInjections'] });
    }
    this.#dirty.clear();
    if (changes.length > 0) this.#parts.apply(changes);
  }
}

function isThere(view: GraphView, id: string): boolean {
  for (const _ of view.nodes(id)) return true;
  return false;
}
