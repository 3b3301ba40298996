/** Shows containers whenever something rings, and again when the world has to catch up: namespaces, devices, engines. */
import type { GraphView } from '../../graph/view.ts';
import type { Bell } from '../../std/bell.ts';
import type { Sketch } from '../picture.ts';
import type { ProbeContext } from '../probe.ts';
import { youth } from '../youth.ts';
import type { Container, Manager } from './container.ts';
import { Homes } from './homes.ts';
import { Telling } from './telling.ts';

export interface Scene {
  readonly containers: Iterable<Container>;
  /** Draws what else there is. `homes`: node of the namespace by container; `nodeIds`: node by container. */
  readonly more?: (drawing: {
    readonly sketch: Sketch;
    readonly view: GraphView;
    readonly homes: ReadonlyMap<string, string>;
    readonly nodeIds: ReadonlyMap<string, string>;
  }) => void;
  /** Other nodes are looked for that come and go without a word. */
  readonly looksAround: boolean;
}

export interface StageParts {
  readonly context: ProbeContext<unknown>;
  readonly manager: Manager;
  readonly owned: ReadonlySet<string>;
  readonly look: Bell;
  /** Undefined as long as nothing is known. */
  readonly scene: () => Scene | undefined;
}

/** Between two pictures others get their turn, and more of it when a picture takes long. */
const REST_MS = 10;
const RESTS = 4;
const LOOK_MS = 5_000;
/** What a change brings with it is there soon. */
const LOOK_SOON_MS = 100;
const SOON_FOR_MS = 5_000;

/** Until the signal aborts. */
export async function stage({ context, manager, owned, look, scene }: StageParts): Promise<void> {
  const { graph, host, namespaces, view, signal, ready, count } = context;
  const homes = new Homes(context);
  const telling = new Telling({ graph, host, manager, owned });
  namespaces.watch({ added: look.ring, removed: look.ring }, signal);
  const isYoung = youth();
  let rungMs = 0;
  let isOwnRing = false;
  let wake: NodeJS.Timeout | undefined;
  while (await look.rung(signal)) {
    clearTimeout(wake);
    const nowMs = Date.now();
    if (!isOwnRing) rungMs = nowMs;
    isOwnRing = false;
    const shown = scene();
    if (!shown) continue;
    const began = performance.now();
    const seen = view();
    if (isYoung()) telling.adopt(seen);
    const containers = [...shown.containers];
    const found = homes.of(containers, nowMs);
    const { refused, againMs } = telling.say(containers, found, seen, nowMs, (sketch, nodeIds) =>
      shown.more?.({ sketch, view: seen, homes: found, nodeIds }),
    );
    count('refused', refused);
    ready();
    const isSoon = nowMs - rungMs < SOON_FOR_MS;
    const isHomeless = containers.some(({ key, pid }) => pid !== undefined && !found.has(key));
    const lookMs = shown.looksAround || isHomeless ? (isSoon ? LOOK_SOON_MS : LOOK_MS) : Number.POSITIVE_INFINITY;
    await new Promise((resolve) => setTimeout(resolve, Math.max(REST_MS, RESTS * (performance.now() - began))));
    const dueMs = Math.min(againMs, lookMs);
    if (dueMs === Number.POSITIVE_INFINITY) continue;
    wake = setTimeout(() => {
      isOwnRing = true;
      look.ring();
    }, dueMs).unref();
  }
  clearTimeout(wake);
}
