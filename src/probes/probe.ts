/** What a probe is: it describes a part of the world as changes of the graph. */
import type * as z from 'zod';
import type { SocketWriter } from '../ends/socket.ts';
import type { TranslationWriter } from '../ends/translation.ts';
import type { GraphWriter } from '../graph/change.ts';
import type { GraphView } from '../graph/view.ts';
import type { NodeType } from '../model/vocabulary.ts';
import type { Door } from '../native/door.ts';

export interface ProbeContext<Options> {
  readonly options: Options;
  readonly door: Door;
  readonly graph: GraphWriter;
  /** Where it is said which sockets there are: they come and go too fast for the graph. */
  readonly sockets: SocketWriter;
  /** Where it is said which conversations have their addresses translated. */
  readonly translations: TranslationWriter;
  /** The live graph, to look at what other probes said. */
  readonly view: () => GraphView;
  readonly host: ProbeHost;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Says that the first full reading is in the graph. */
  readonly ready: () => void;
  /**
   * Something everyone should know while it lasts, shown in status; undefined clears it. What is as it should be, as
   * that there is nothing here to look at, is said quietly: in status alone, not in the log.
   */
  readonly notice: (text: string | undefined, how?: 'quietly') => void;
  /** Adds to a counter of this probe, e.g. count('overruns'). Shown in status and /metrics. */
  readonly count: (name: string, by?: number) => void;
  /** Namespaces, as the netns probe finds them; the netlink probe listens. */
  readonly namespaces: Namespaces;
}

export interface ProbeHost {
  /** host_id. */
  readonly name: string;
  /** Id of the host's node. */
  readonly id: string;
  /** TID of the host's node. */
  readonly tid: string;
  readonly bootId: string;
}

/** A network namespace that is known, and the node that stands for it. The host's own has the host's node. */
export interface Namespace {
  readonly nodeId: string;
  readonly tid: string;
  /** A path that opens it for as long as it is listed. */
  readonly path: string;
  readonly cookie: bigint;
  readonly name: string;
}

export interface Namespaces {
  list(): readonly Namespace[];
  add(namespace: Namespace): void;
  remove(nodeId: string): void;
  /** Says that those which are there already are being looked for; the result says that all of them were told. */
  searching(): () => void;
  /** Resolves when nobody is searching any more. */
  complete(): Promise<void>;
  /** Calls at once for each that is known, then for each that comes and goes, until the signal aborts. */
  watch(listener: { added(ns: Namespace): void; removed(ns: Namespace): void }, signal: AbortSignal): void;
}

export interface Log {
  info(message: string): void;
  warn(message: string): void;
}

export interface ProbeNeed {
  /** 'CAP_NET_ADMIN', 'the socket /var/run/docker.sock'. */
  readonly what: string;
  /** The rest of the sentence "without it …". */
  readonly without: string;
}

export interface Probe<Options = unknown> {
  readonly name: string;
  readonly doc: string;
  readonly options: z.ZodType<Options>;
  readonly types: readonly NodeType[];
  /** Where it learns what it says, and whether it is told or has to ask: a sentence each. For its page of the reference. */
  readonly reads?: readonly string[];
  /** What it needs of the machine, and what is not seen without it. */
  readonly needs?: readonly ProbeNeed[];
  /** What each of its counters counts. */
  readonly counters?: Readonly<Record<string, string>>;
  /** Series of numbers beside the graph, by name: what they count, and on which nodes. */
  readonly series?: Readonly<Record<string, string>>;
  /** Keys it adds to nodes that other probes make: types of the same names, with those keys alone. */
  readonly adds?: readonly NodeType[];
  /**
   * Runs until `signal` aborts. Throwing is fine: the supervisor logs, counts, waits and runs it again.
   * `Unavailable` says what is missing; it is shown in status and tried again with back-off.
   */
  run(context: ProbeContext<Options>): Promise<void>;
}

export function defineProbe<Options>(probe: Probe<Options>): Probe<Options> {
  return probe;
}
