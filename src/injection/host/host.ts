/** Injections of one host: runs what it is told, says so at the nodes, and stops when an interface goes. */
import type { Change, Commit } from '../../graph/change.ts';
import type { GraphView } from '../../graph/view.ts';
import type { Door } from '../../native/door.ts';
import type { InjectionDoor } from '../../native/injection.ts';
import type { PacketDoor } from '../../native/packets.ts';
import { bell } from '../../std/bell.ts';
import type { Clock } from '../../std/clock.ts';
import { Mistake } from '../../std/mistake.ts';
import { pause } from '../../std/pause.ts';
import { Unavailable } from '../../std/unavailable.ts';
import { BoundCounts, type MeetBound } from '../bounds.ts';
import type { Order, Progress } from '../order.ts';
import { InjectionEntries } from './entries.ts';
import { lacking, mayBeGoing } from './refusal.ts';
import { SendingShare } from './share.ts';

export interface HostParts {
  readonly door: InjectionDoor;
  readonly packets: Pick<PacketDoor, 'openDecoder'>;
  readonly netlink: Pick<Door, 'openNetlink'>;
  readonly clock: Clock;
  readonly elapsed: () => number;
  /** Packets a second of one injection. */
  readonly rate: number;
  readonly view: () => GraphView;
  readonly apply: (changes: readonly Change[]) => void;
  /** Namespaces that can be opened. */
  readonly namespaces: () => readonly { readonly nodeId: string; readonly path: string }[];
  /** Node of the namespace we run in. */
  readonly ownNode: string;
  /** Calls with each commit of the graph; the result ends it. */
  readonly subscribe: (saw: (commit: Commit) => void) => () => void;
}

/** Injections that run on one host at a time. */
export const RUNNING_MAX = 256;
/** Who listens hears so often that it goes on, also while packets are far apart: an analyzer gives up what is silent for 10 s. */
const STILL_MS = 2_000;
/** So long the graph has to say that an interface is gone that was down when a packet should have gone. */
const GOING_MS = 2_000;

export class HostInjections implements AsyncDisposable {
  readonly #parts: HostParts;
  readonly #entries: InjectionEntries;
  readonly #share: SendingShare;
  readonly #running = new Map<string, Running>();
  readonly #bounds = new BoundCounts();
  #totals = { Made: 0, Refused: 0, Failed: 0, Packets: 0, Bytes: 0, Answers: 0 };
  readonly #unsubscribe: () => void;
  #isStopped = false;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#entries = new InjectionEntries(parts);
    this.#share = new SendingShare(parts);
    this.#unsubscribe = parts.subscribe((commit) => this.#saw(commit));
  }

  /** How far it has come, until it is over: the last says how it ended. The signal stops it, and so does not reading on. */
  async *run(order: Order, signal: AbortSignal): AsyncGenerator<Progress> {
    const bounds = new BoundCounts(this.#bounds.met);
    const trouble = this.#refusal(order, bounds.met);
    if (trouble !== undefined) {
      this.#totals.Refused++;
      yield { ...NOTHING, state: 'failed', error: trouble, ...boundsTold(bounds) };
      return;
    }
    this.#totals.Made++;
    const stopping = new AbortController();
    const rung = bell();
    const its: Running = { order, bounds, stopping, gone: undefined, over: Promise.resolve() };
    this.#running.set(order.uuid, its);
    let progress: Progress = { ...NOTHING, state: 'running' };
    let isTold = false;
    const tell = (next: Progress) => {
      if (isSame(progress, next)) return;
      this.#count(progress, next);
      this.#entries.set(order.nodeId, { ID: order.uuid, State: stateShown(next), Count: next.sent }, bounds.met);
      progress = { ...next, ...boundsTold(bounds) };
      isTold = false;
      rung.ring();
    };
    this.#entries.set(order.nodeId, { ID: order.uuid, State: stateShown(progress), Count: 0 }, bounds.met);
    const all = AbortSignal.any([signal, stopping.signal]);
    its.over = this.#work(its, (next) => tell({ ...next, state: 'running' }), all).then((error) => {
      const { error: _, ...rest } = progress;
      const said = error ?? (rest.sent === 0 ? undefined : progress.error);
      tell({
        ...rest,
        state: error === undefined ? 'completed' : 'failed',
        ...(said !== undefined && { error: said }),
      });
    });
    try {
      while (isRunning(progress) && !signal.aborted) {
        if (!isTold) {
          isTold = true;
          yield progress;
        }
        if (isTold && isRunning(progress)) {
          const cancel = this.#parts.clock.after(STILL_MS, () => {
            isTold = false;
            rung.ring();
          });
          await rung.rung(signal);
          cancel();
        }
      }
      if (!signal.aborted) yield progress;
    } finally {
      stopping.abort();
      await its.over;
      this.#running.delete(order.uuid);
      if (signal.aborted) this.#entries.remove(order.uuid);
    }
  }

  /** They are not to be spoken of any more. */
  forget(uuids: readonly string[]): void {
    for (const uuid of uuids) {
      this.#running.get(uuid)?.stopping.abort();
      this.#entries.remove(uuid);
    }
  }

  /** The graph has changed: who sends from what is gone stops. */
  #saw(commit: Commit): void {
    if (this.#running.size === 0) return;
    for (const { kind, element } of commit.events) {
      if (kind !== 'removed' || element.kind !== 'node') continue;
      for (const its of this.#running.values()) {
        const { nodeId, namespaceId, interfaceName } = its.order;
        if (element.id !== nodeId && element.id !== namespaceId) continue;
        its.gone = new Unavailable(`the interface ${interfaceName} is gone`, 'one that stays while packets are sent');
        its.stopping.abort();
      }
    }
  }

  /** Takes the words of an earlier run from nodes. */
  sweep(): void {
    this.#entries.sweep();
  }

  get running(): number {
    return this.#running.size;
  }

  /** As status of an agent tells it: of what this host was told to send. */
  status() {
    return { Running: this.running, Kept: this.#entries.kept, ...this.#totals, Bounds: this.#bounds.all() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe();
    const all = [...this.#running.values()];
    for (const { stopping } of all) stopping.abort();
    await Promise.all(all.map(({ over }) => over));
    this.#entries.clear();
  }

  #count(before: Progress, { state, sent, sentBytes, replies }: Progress): void {
    this.#totals.Packets += sent - before.sent;
    this.#totals.Bytes += sentBytes - before.sentBytes;
    this.#totals.Answers += replies.Received - before.replies.Received;
    if (state === 'failed') this.#totals.Failed++;
  }

  #refusal({ uuid, namespaceId, interfaceName }: Order, met: MeetBound): string | undefined {
    if (this.#isStopped) return 'this host is stopping';
    if (this.#running.has(uuid)) return 'it runs already';
    if (this.#running.size >= RUNNING_MAX) {
      met('host-running');
      return `${RUNNING_MAX} injections run on this host already`;
    }
    if (this.#netns(namespaceId) === null) return `the namespace of ${interfaceName} cannot be opened`;
    return undefined;
  }

  /** Path, undefined for our own, null for none that can be opened. */
  #netns(nodeId: string): string | undefined | null {
    if (nodeId === this.#parts.ownNode) return undefined;
    return this.#parts.namespaces().find((one) => one.nodeId === nodeId)?.path ?? null;
  }

  /** Gives the sentence that it failed with. */
  async #work(
    its: Running,
    tell: (progress: Omit<Progress, 'state'>) => void,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const netns = this.#netns(its.order.namespaceId) ?? undefined;
    try {
      // Loaded with the first: most hosts send none.
      const { runOrder } = await import('./run.ts');
      await runOrder(its.order, { ...this.#parts, netns, share: this.#share, met: its.bounds.met }, tell, signal);
      return its.gone?.message;
    } catch (error) {
      if (mayBeGoing(error)) await pause(this.#parts.clock, GOING_MS, signal);
      if (its.gone) return its.gone.message;
      if (error instanceof Unavailable || error instanceof Mistake) return error.message;
      const lacks = lacking(error);
      if (lacks) return lacks.message;
      // What the door refuses: it says what was attempted.
      if (typeof (error as { code?: unknown }).code === 'string') return (error as Error).message;
      return `a bug: ${(error as Error).stack ?? error}`;
    }
  }
}

interface Running {
  readonly order: Order;
  readonly bounds: BoundCounts;
  readonly stopping: AbortController;
  gone: Unavailable | undefined;
  over: Promise<void>;
}

const NOTHING: Omit<Progress, 'state'> = {
  sent: 0,
  sentBytes: 0,
  replies: { Received: 0, EchoReply: 0, SynAck: 0, Reset: 0, Datagram: 0, Errors: [] },
};

function boundsTold(counts: BoundCounts): Pick<Progress, 'bounds'> {
  const bounds = counts.told();
  return bounds === undefined ? {} : { bounds };
}

function isRunning({ state }: Progress): boolean {
  return state === 'running' || state === 'pending';
}

/** As captures have it, and Skydive. */
function stateShown({ state }: Progress): string {
  return state === 'running' ? 'active' : state;
}

function isSame(a: Progress, b: Progress): boolean {
  return (
    a.state === b.state &&
    a.sent === b.sent &&
    a.error === b.error &&
    a.destinationMac === b.destinationMac &&
    a.replies.Received === b.replies.Received
  );
}
