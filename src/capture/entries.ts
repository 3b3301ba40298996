/**
 * What of captures is on the nodes of the graph: `Captures`, a list with an entry for each, set when it differs; and their
 * counters as series beside it, which make no versions.
 */
import type { Change } from '../graph/change.ts';
import type { Metadata, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import type { CapturePoint } from './point.ts';

/** Series of the counters of one capture on its nodes. */
export function seriesOf(captureId: string): string {
  return `Captures.${captureId}`;
}

export interface EntriesParts {
  readonly view: () => GraphView;
  readonly apply: (changes: readonly Change[]) => void;
}

export class CaptureEntries {
  readonly #parts: EntriesParts;
  readonly #byNode = new Map<string, Set<CapturePoint>>();
  readonly #dirty = new Set<string>();
  #isWriting = false;

  constructor(parts: EntriesParts) {
    this.#parts = parts;
  }

  /** What changes in the graph just now is our own doing. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** What captures at a node. */
  at(nodeId: string): Iterable<CapturePoint> {
    return this.#byNode.get(nodeId) ?? [];
  }

  add(point: CapturePoint): void {
    const { nodeId } = point.place;
    const points = this.#byNode.get(nodeId) ?? new Set();
    this.#byNode.set(nodeId, points.add(point));
  }

  remove(point: CapturePoint): void {
    const { nodeId } = point.place;
    const points = this.#byNode.get(nodeId);
    points?.delete(point);
    if (points?.size === 0) this.#byNode.delete(nodeId);
    this.changed(point);
  }

  changed({ place }: CapturePoint): void {
    this.#dirty.add(place.nodeId);
    if (this.#dirty.size === 1) setImmediate(() => this.#flush());
  }

  /** Nodes that tell of captures of an earlier run. */
  sweep(): void {
    const stale: Change[] = [];
    for (const { id, metadata } of this.#parts.view().nodes())
      if (metadata.Captures !== undefined && !this.#byNode.has(id)) stale.push({ kind: 'set', id, of: 'node', unset });
    this.#write(stale);
  }

  /** Packets of all that run: points of series. */
  count(): void {
    const view = this.#parts.view();
    const changes: Change[] = [];
    for (const [id, points] of this.#byNode) {
      if (!isThere(view, id)) continue;
      for (const point of points) {
        if (point.state.kind !== 'active') continue;
        const { packetsReceived, packetsDropped, packetsIfDropped } = point.stats();
        const total = {
          PacketsReceived: packetsReceived,
          PacketsDropped: packetsDropped,
          PacketsIfDropped: packetsIfDropped,
        };
        changes.push({ kind: 'counters', id, series: seriesOf(point.capture.UUID), total });
      }
    }
    this.#write(changes);
  }

  #flush(): void {
    const view = this.#parts.view();
    const changes: Change[] = [];
    for (const id of this.#dirty) {
      if (!isThere(view, id)) continue;
      const shown = [...(this.#byNode.get(id) ?? [])].filter(({ state }) => state.kind !== 'starting');
      if (shown.length > 0) changes.push({ kind: 'set', id, of: 'node', set: { Captures: shown.map(entryOf) } });
      else changes.push({ kind: 'set', id, of: 'node', unset });
    }
    this.#dirty.clear();
    this.#write(changes);
  }

  #write(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#isWriting = true;
    try {
      this.#parts.apply(changes);
    } finally {
      this.#isWriting = false;
    }
  }
}

const unset = ['Captures'];

function isThere(view: GraphView, id: string): boolean {
  for (const _ of view.nodes(id)) return true;
  return false;
}

function entryOf({ capture, state }: CapturePoint): Metadata {
  const { UUID, Name, Description, BPFFilter, Type } = capture;
  const said = {
    ID: UUID,
    State: state.kind,
    ...(Name && { Name }),
    ...(Description && { Description }),
    ...(BPFFilter && { BPFFilter }),
  };
  if (state.kind !== 'active') {
    return { ...said, ...(Type && { Type }), ...(state.kind === 'error' && { Error: state.error }) };
  }
  return {
    ...said,
    Type: state.type,
    ...listenerOf(state),
    ...(state.why.length > 0 && { Why: state.why as Value[] }),
  };
}

/** 'tcp 127.0.0.1:8100' under the key that Skydive has for what listens there. */
function listenerOf({ type, listens }: { type: string; listens: string | undefined }): Metadata {
  if (listens === undefined) return {};
  const address = listens.slice(listens.indexOf(' ') + 1);
  if (type === 'pcapsocket') return { PCAPSocket: address };
  return type.includes('sflow') ? { SFlowSocket: address } : { Listens: listens };
}
