/**
 * Says which containers there are. The same container is seen by several: the engine, what it runs its containers by,
 * and what that one does. The best of them tells it, and the others are silent while it does.
 */
import type { GraphWriter } from '../../graph/change.ts';
import type { GraphNode, Metadata } from '../../graph/element.ts';
import type { GraphView } from '../../graph/view.ts';
import { Sketch } from '../picture.ts';
import type { ProbeHost } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { type Container, containerNodeId, describeContainer, MANAGERS, type Manager } from './container.ts';
import { ADDED_KEYS } from './vocabulary.ts';

export interface TellingParts {
  readonly graph: GraphWriter;
  readonly host: ProbeHost;
  readonly manager: Manager;
  /** Every key of nodes of the probe's own. */
  readonly owned: ReadonlySet<string>;
}

export interface Told {
  /** Changes that the graph refused. */
  readonly refused: number;
  /** In how many ms there may be more to tell although nothing changed; Infinity when not. */
  readonly againMs: number;
}

/** So long an engine is waited for, that should tell of a container and does not. */
const PATIENCE_MS = 5_000;

export class Telling {
  readonly #parts: TellingParts;
  #speaker: Speaker;
  /** What does not change is described once. */
  readonly #described = new WeakMap<Container, { readonly id: string; readonly metadata: Metadata }>();
  #said = new Set<string>();
  /** When a container was first seen, or last told by someone better. */
  #waiting = new Map<string, number>();

  constructor(parts: TellingParts) {
    this.#parts = parts;
    this.#speaker = this.#newSpeaker();
  }

  /** Takes over what an earlier run has left in the graph. */
  adopt(view: GraphView): void {
    this.#speaker.adopt(view);
  }

  /** `homes`: node of the namespace by container; `more` draws what else there is. */
  say(
    containers: Iterable<Container>,
    homes: ReadonlyMap<string, string>,
    view: GraphView,
    nowMs: number,
    more: (sketch: Sketch, nodeIds: ReadonlyMap<string, string>) => void = () => undefined,
  ): Told {
    const { manager, host } = this.#parts;
    const sketch = new Sketch();
    const nodeIds = new Map<string, string>();
    const waiting = new Map<string, number>();
    let againMs = Number.POSITIVE_INFINITY;
    let isTakenOver = false;
    for (const container of containers) {
      const { id, metadata } = this.#describe(container);
      const teller = tellerOf(view, id);
      if (isBetter(teller, manager)) {
        isTakenOver ||= this.#said.has(id);
        waiting.set(id, nowMs);
        continue;
      }
      if (container.behind !== undefined && teller !== manager) {
        const sinceMs = this.#waiting.get(id) ?? nowMs;
        waiting.set(id, sinceMs);
        const leftMs = sinceMs + PATIENCE_MS - nowMs;
        againMs = Math.min(againMs, Math.max(leftMs, 1));
        if (leftMs > 0) continue;
      }
      nodeIds.set(container.key, id);
      sketch.nodes.set(id, metadata);
      const home = homes.get(container.key);
      if (home === undefined) continue;
      sketch.link(home, id, 'ownership');
      const { runtime } = container.facts;
      if (home !== host.id)
        sketch.additions.set(home, { Manager: manager, ...(runtime !== undefined && { Runtime: runtime }) });
    }
    more(sketch, nodeIds);
    // What someone better tells now is not ours to take back.
    if (isTakenOver || this.#isAnyTakenOver(view)) {
      this.#speaker = this.#newSpeaker();
      this.#speaker.adopt(view);
    }
    const refused = this.#speaker.say(sketch, view);
    this.#said = new Set(nodeIds.values());
    this.#waiting = waiting;
    return { refused, againMs };
  }

  #describe(container: Container): { readonly id: string; readonly metadata: Metadata } {
    const { host, manager } = this.#parts;
    const before = this.#described.get(container);
    if (before) return before;
    const id = containerNodeId(host.name, container.key);
    const described = { id, metadata: describeContainer(container, manager, host) };
    this.#described.set(container, described);
    return described;
  }

  #isAnyTakenOver(view: GraphView): boolean {
    return this.#said.values().some((id) => isBetter(tellerOf(view, id), this.#parts.manager));
  }

  #newSpeaker(): Speaker {
    const { graph, host, manager, owned } = this.#parts;
    const isOwn = ({ metadata }: GraphNode) =>
      metadata.Manager === manager && (metadata.Type === 'container' || metadata.Type === `${manager}network`);
    // Runtime says that it was us: of some namespaces others know the manager too.
    const isAdded = ({ metadata }: GraphNode) =>
      metadata.Type === 'netns' && metadata.Manager === manager && metadata.Runtime !== undefined;
    return new Speaker({ graph, host, owned, added: ADDED_KEYS, isOwn, isAdded, withdraw });
  }
}

/** Docker's directory of namespaces says whose they are. */
function withdraw({ Path }: Metadata): { readonly unset: readonly string[] } {
  return { unset: /\/docker\/netns\/[^/]+$/.test(String(Path)) ? ['Runtime'] : ADDED_KEYS };
}

function tellerOf(view: GraphView, id: string): unknown {
  const [node] = view.nodes(id);
  return node?.metadata.Manager;
}

function isBetter(teller: unknown, than: Manager): boolean {
  const rank = (MANAGERS as readonly unknown[]).indexOf(teller);
  return rank >= 0 && rank < MANAGERS.indexOf(than);
}
