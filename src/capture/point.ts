/** One capture at one node: starts it, keeps it running while the node is there, says how it goes. */
import { aborted } from '../std/aborted.ts';
import { type Backoff, backoff } from '../std/backoff.ts';
import type { Clock } from '../std/clock.ts';
import { Mistake } from '../std/mistake.ts';
import { pause } from '../std/pause.ts';
import { Unavailable } from '../std/unavailable.ts';
import { type Capture, layersOf, optionsOf } from './capture.ts';
import type { FlowIntake } from './flow-intake.ts';
import type { Gate } from './gate.ts';
import { type Climbed, climb } from './ladder.ts';
import type { CaptureStats, Mechanism, MechanismContext, Place, Running } from './mechanism.ts';

export interface PointParts {
  readonly mechanisms: readonly Mechanism[];
  readonly door: MechanismContext['door'];
  readonly flows: FlowIntake;
  readonly host: string;
  /** Address that listeners bind to. */
  readonly bind: string;
  /** When neither the capture nor the mechanism says another. */
  readonly keyMode: 'L2' | 'L3';
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: MechanismContext['log'];
  /** So many start at a time. */
  readonly gate: Gate;
  /** Of mechanisms that run once on a node: those that do, as `type node`. */
  readonly claims: Set<string>;
  /** Its state is another. */
  readonly changed: (point: CapturePoint) => void;
  /** Counters that an exporter sent of the node. */
  readonly counters: (nodeId: string, series: string, total: Readonly<Record<string, number>>) => void;
}

export type PointState =
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'active';
      readonly type: string;
      readonly listens: string | undefined;
      readonly why: readonly string[];
    }
  | { readonly kind: 'error'; readonly error: string };

const FIRST_WAIT_MS = 500;
const WAIT_MAX_MS = 60_000;
/** A run that lasted so long went well: the next failure is a first one. */
const WELL_MS = 10_000;

export class CapturePoint {
  readonly capture: Capture;
  readonly place: Place;
  readonly #parts: PointParts;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  #state: PointState = { kind: 'starting' };
  #running: Running | undefined;
  #hurry: AbortController | undefined;
  /** Of runs that have ended. */
  #before: CaptureStats = nothingSeen;

  constructor(capture: Capture, place: Place, parts: PointParts) {
    this.capture = capture;
    this.place = place;
    this.#parts = parts;
    // What goes wrong outside of a run is our bug: it ends this point, and nothing else.
    this.#ended = this.#live().catch((error: Error) => parts.log.warn(`capture ${capture.UUID}: ${error.stack}`));
  }

  get state(): PointState {
    return this.#state;
  }

  /** Totals since it was made, over all its runs. */
  stats(): CaptureStats {
    return this.#running ? added(this.#before, this.#running.stats()) : this.#before;
  }

  /** Something about the node has changed: a try that waits is made now. */
  nudge(): void {
    this.#hurry?.abort();
  }

  /** Resolves when all that was seen is in the flow table. */
  stop(): Promise<void> {
    this.#stopping.abort();
    this.#hurry?.abort();
    return this.#ended;
  }

  async #live(): Promise<void> {
    const { clock, random } = this.#parts;
    const waits = backoff({ firstMs: FIRST_WAIT_MS, maxMs: WAIT_MAX_MS, random });
    while (!this.#stopping.signal.aborted) {
      const startedMs = clock.now();
      await this.#run();
      if (clock.now() - startedMs >= WELL_MS) waits.reset();
      await this.#wait(waits);
    }
  }

  async #wait(waits: Backoff): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#hurry = new AbortController();
    await pause(this.#parts.clock, waits.next(), this.#hurry.signal);
    this.#hurry = undefined;
  }

  /** From a start to its end, whoever ends it. Never rejects. */
  async #run(): Promise<void> {
    const { flows, host, log } = this.#parts;
    const { signal } = this.#stopping;
    let source: number | undefined;
    try {
      const opened = flows.open({
        node: this.place.tid,
        capture: this.capture.UUID,
        host,
        layers: layersOf(this.capture),
        hasTcpMetric: this.capture.ExtraTCPMetric,
      });
      source = opened;
      const climbed = await this.#parts.gate.through(async () => (signal.aborted ? undefined : this.#climb(opened)));
      if (climbed === undefined) return;
      const reason = await this.#watch(climbed);
      if (!signal.aborted) this.#become({ kind: 'error', error: reason ?? 'it has ended; beginning anew' });
    } catch (error) {
      const { message, stack } = error as Error;
      if (this.#state.kind !== 'error' || this.#state.error !== message)
        log.warn(`capture ${this.capture.UUID} on ${this.place.name}: ${isOurBug(error) ? stack : message}`);
      this.#become({ kind: 'error', error: message });
    } finally {
      if (source !== undefined) await flows.close(source);
    }
  }

  /** Resolves to the reason when it has ended by itself, and to undefined when it was stopped. */
  async #watch({ running, mechanism, why }: Climbed): Promise<string | undefined> {
    const claim = claimOf(mechanism, this.place);
    using _ = { [Symbol.dispose]: () => this.#parts.claims.delete(claim) };
    await using open = running;
    this.#running = open;
    this.#become({ kind: 'active', type: mechanism.type, listens: open.listens, why });
    const reason = await Promise.race([open.ended, aborted(this.#stopping.signal)]);
    this.#running = undefined;
    this.#before = added(this.#before, open.stats());
    return reason;
  }

  #climb(source: number): Promise<Climbed> {
    const { mechanisms, claims } = this.#parts;
    const { capture, place } = this;
    return climb(mechanisms, capture, place.type, async (mechanism) => {
      if (mechanism.can.several) return await this.#start(mechanism, source);
      const claim = claimOf(mechanism, place);
      if (claims.has(claim)) throw new Unavailable(`${place.name} is captured so already`, 'that capture to end');
      claims.add(claim);
      try {
        return await this.#start(mechanism, source);
      } catch (error) {
        claims.delete(claim);
        throw error;
      }
    });
  }

  #start(mechanism: Mechanism, source: number): Promise<Running> {
    const { flows, clock, door, log, bind, keyMode } = this.#parts;
    const { capture, place } = this;
    return mechanism.start({
      door,
      place,
      options: optionsOf(capture, { bind, keyMode: mechanism.can.layerKeyL2 ? keyMode : 'L3' }),
      sink: {
        source,
        observe: (observations) => flows.observe(source, observations),
        raw: (packets) => flows.raw(source, packets),
        lost: (stage, reason, packets, bytes = 0) => flows.lost(source, stage, reason, packets, bytes),
        counters: (series, total) => this.#parts.counters(place.nodeId, series, total),
      },
      nowMs: () => clock.now(),
      log,
    });
  }

  #become(state: PointState): void {
    this.#state = state;
    this.#parts.changed(this);
  }
}

export const nothingSeen: CaptureStats = {
  packetsReceived: 0,
  packetsDropped: 0,
  packetsIfDropped: 0,
  bytesReceived: 0,
};

export function added(a: CaptureStats, b: CaptureStats): CaptureStats {
  return {
    packetsReceived: a.packetsReceived + b.packetsReceived,
    packetsDropped: a.packetsDropped + b.packetsDropped,
    packetsIfDropped: a.packetsIfDropped + b.packetsIfDropped,
    bytesReceived: a.bytesReceived + b.bytesReceived,
  };
}

function claimOf({ type, can }: Mechanism, { nodeId }: Place): string {
  return can.several ? '' : `${type} ${nodeId}`;
}

/** What the world refuses has a name or a number; the rest is worth a stack. */
function isOurBug(error: unknown): boolean {
  return (
    !(error instanceof Unavailable || error instanceof Mistake) &&
    typeof (error as { code?: unknown }).code !== 'string'
  );
}
