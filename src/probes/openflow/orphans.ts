/** Rules and groups that an earlier run has left, and whose bridge has not come back. */
import type { GraphView } from '../../graph/view.ts';
import type { ProbeHost } from '../probe.ts';

/** So long the probe of Open vSwitch has to say its bridges again. */
const WAIT_MS = 10_000;

export class Orphans {
  readonly #left: ReadonlySet<string>;
  readonly #untilMs: number;
  #isDone = false;

  constructor(host: ProbeHost, view: GraphView, nowMs = Date.now()) {
    this.#untilMs = nowMs + WAIT_MS;
    const origin = `agent.${host.name}`;
    const ours = ['ofrule', 'ofgroup'].flatMap((type) => [...(view.nodesWith('Type', type) ?? [])]);
    this.#left = new Set(ours.filter((node) => node.origin === origin).map(({ id }) => id));
  }

  /** Those that hang on nothing, once there was time enough; after that none. */
  *gone(view: GraphView, nowMs: number): Iterable<string> {
    if (this.#isDone || nowMs < this.#untilMs) return;
    this.#isDone = true;
    for (const id of this.#left) for (const node of view.nodes(id)) if ([...view.in(node)].length === 0) yield id;
  }
}
