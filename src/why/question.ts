/** What `why` is asked, and what it answers: changes of the graph before a failure, ranked. */
import type { Element } from '../graph/element.ts';
import type { Span, Timeline } from '../graph/view.ts';
import type { ProcessPlaces } from '../query/forwarding/ends.ts';

export interface WhyQuestion {
  /** As the ends of a path are named. */
  readonly from: string;
  readonly to: string;
  readonly fromAddress?: string | undefined;
  /** TIDs of nodes that saw it: of several that have the address it is about the one whose packets pass these. */
  readonly seenAt?: readonly string[] | undefined;
  /** IANA number; ICMP when left out. */
  readonly protocol?: number | undefined;
  readonly port?: number | undefined;
  readonly sourcePort?: number | undefined;
  /** Last moment at which it is known to have worked, epoch ms; looked for by the model when left out. */
  readonly good?: number | undefined;
  /** First moment at which it is known to have failed, epoch ms; now when left out. */
  readonly failed?: number | undefined;
  /** How far back a good moment is looked for, epoch ms. */
  readonly since?: number | undefined;
  /** Culprits that are told of. */
  readonly limit?: number | undefined;
}

/** What is looked at. No clock but these, no I/O but the timeline's. */
export interface WhyWorld {
  readonly timeline: Timeline;
  /** Epoch ms. */
  now(): number;
  /** Monotonic ms. */
  elapsed(): number;
  /** Lets others go on; awaited between pieces of work. */
  turn(): Promise<void>;
  /** At most so long, ms. */
  readonly timeMs: number;
  /** Where processes have sockets at a moment (epoch ms; undefined is now). */
  places?(time: number | undefined): Promise<ProcessPlaces | undefined>;
}

export interface WhyAnswer {
  /** From the last good moment to the first failure. Epoch ms. */
  readonly window: Span;
  /** How its beginning was found. */
  readonly goodBy: 'given' | 'model' | 'earliest';
  /** What the model says of both moments. */
  readonly before: WhyVerdict;
  readonly after: WhyVerdict;
  /** The likeliest first. Empty: nothing in the graph explains it. */
  readonly culprits: readonly Culprit[];
  /** Of these elements every change in the window was looked at. */
  readonly looked: { readonly elements: number; readonly changes: number };
  /** Times in the window in which nobody was watching. */
  readonly unwatched: readonly Span[];
  /** Sentences: what could not be known, or that nothing explains it. */
  readonly notes: readonly string[];
  readonly tookMs: number;
}

export interface WhyVerdict {
  readonly time: number;
  readonly reaches: 'yes' | 'no' | 'unknown';
  readonly code: string | undefined;
  readonly reason: string | undefined;
  /** Name of the node where it stops. */
  readonly at: string | undefined;
  readonly mtu: number | undefined;
}

/** A change, or what one cause changed at once. */
export interface Culprit {
  /** 1 is the likeliest. */
  readonly rank: number;
  /** 0 to 100: the sum of its reasons, cut off at both ends. */
  readonly score: number;
  /** A sentence: `address 10.0.2.1/24 was removed from eth0 in r1`. */
  readonly text: string;
  /** Stable name of the kind of change: `address.removed`, `route.changed`, `interface.removed`… */
  readonly kind: string;
  /** Epoch ms. */
  readonly time: number;
  readonly element: WhyElement;
  /** Dotted key of the metadata, where one changed. */
  readonly key: string | undefined;
  /** Values before and after; undefined: absent. */
  readonly from: unknown;
  readonly to: unknown;
  /** Each with its sign: what made it so likely or unlikely. */
  readonly reasons: readonly WhyReason[];
  /** Changed with it, as its consequence: sentences, oldest first. */
  readonly consequences: readonly string[];
}

export interface WhyReason {
  /** `model`, `place`, `time`, `kind`. */
  readonly of: 'model' | 'place' | 'time' | 'kind';
  readonly points: number;
  readonly text: string;
}

export interface WhyElement {
  readonly id: string;
  readonly kind: Element['kind'];
  readonly type: string;
  readonly name: string;
  readonly host: string;
  /** Name of the network namespace it was in; undefined in that of the host. */
  readonly namespace: string | undefined;
}
