/**
 * A suite of checks as values: read from YAML, variables filled in, defaults applied, endpoints looked up. Nothing in
 * here has met the network yet. `parseSuites` (parse.ts) makes them.
 */
import type { Expression } from '../metric/expression.ts';

export interface Suite {
  /** `metadata.name`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As the user named it. */
  readonly file: string;
  readonly checks: readonly Check[];
}

/** Where something stands in its file; both count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Check = CheckHead & CheckBody;

export interface CheckHead {
  /** Unique among all suites of one run; made of the suite's name and a number where none is given. */
  readonly id: string;
  readonly name: string;
  /** Name of its suite. */
  readonly suite: string;
  readonly tags: readonly string[];
  /** Of a failure: only `error` fails the run, `warning` does with --strict. */
  readonly severity: Severity;
  /** Why it is not run; undefined when it is. */
  readonly skip: string | undefined;
  /** One attempt may take so long. */
  readonly timeoutMs: number;
  readonly retry: Retry;
  /** Once as expected, it has to stay so for so long. 0 for checks of what should be there, unless they say so. */
  readonly holdMs: number;
  readonly evidence: EvidenceWanted;
  /** The past it is about; undefined is now. Never there on checks that send (inject, connect). */
  readonly when: When | undefined;
  readonly position: Position;
}

export type Severity = 'error' | 'warning' | 'info';

export interface Retry {
  /** Tries again until this long after the first attempt; 0: one attempt. */
  readonly forMs: number;
  /** From the start of one attempt to the start of the next. */
  readonly everyMs: number;
  /** At most so many attempts; undefined: as many as fit. */
  readonly attempts: number | undefined;
}

export interface EvidenceWanted {
  readonly onFailure: readonly EvidenceKind[];
  /** Packets kept of a failed check. */
  readonly pcapPackets: number;
  /** Changes are looked for so far back when no green run is known. */
  readonly sinceMs: number;
}

export type EvidenceKind = 'path' | 'pcap' | 'diff';

/** Moments as the query engine reads them: `-5m`, `now`, RFC 3339, `rev:1234`, Unix seconds or ms. */
export type When =
  | { readonly kind: 'at'; readonly at: string }
  | { readonly kind: 'between'; readonly from: string; readonly to: string };

/** One end of a check. */
export interface Endpoint {
  /** As the suite calls it; what it stands for where it is written in place. */
  readonly name: string;
  readonly kind: 'gremlin' | 'name' | 'container' | 'netns' | 'process' | 'pid' | 'address';
  /** In the grammar of `/api/path`: `blue/eth0`, `container:web`, `netns:blue`, `pid:12`, an address, or a query. */
  readonly text: string;
  /**
   * Of several nodes that are meant: `one` is the first by name (then id); `each` gives a result for each of them;
   * `all` gives one result, and all of them have to be as expected.
   */
  readonly pick: Pick;
  readonly position: Position;
}

export type Pick = 'one' | 'each' | 'all';

export type CheckBody = ReachCheck | PathCheck | QueryCheck | ChangedCheck | MatrixCheck | MetricCheck | WorkflowCheck;

export type CheckKind = CheckBody['kind'];

/** `inject` sends packets and looks for them on their way, `connect` is a socket inside of the namespace, `model` asks the graph alone. */
export type Method = 'inject' | 'connect' | 'model';

export type Protocol = 'icmp' | 'icmp6' | 'tcp' | 'udp';

export interface Traffic {
  readonly proto: Protocol;
  /** Destination port; there for tcp and udp. */
  readonly port: number | undefined;
  readonly method: Method;
}

export interface ReachCheck extends Traffic {
  readonly kind: 'reach';
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Packets of one attempt (inject), or connections (connect); 1 when left out. */
  readonly count: number;
  readonly expect: ReachExpectation;
}

export interface ReachExpectation {
  /** `dropped` is no answer at all, `refused` a reset, a closed port or an ICMP error; `unreachable` is either. */
  readonly result: 'delivered' | 'dropped' | 'refused' | 'unreachable';
  /** One of the codes of results, where it has to be just that. */
  readonly code: string | undefined;
  readonly lossPercent: Range | undefined;
  readonly rttMs: { readonly p50?: Range; readonly p95?: Range; readonly max?: Range } | undefined;
  /** Who drops it: what is given has to be right. */
  readonly by: { readonly type?: string; readonly node?: string; readonly rule?: string } | undefined;
}

/** Both ends belong to it; what is left out is not asked for. At least one is there. */
export interface Range {
  readonly equals?: number;
  readonly min?: number;
  readonly max?: number;
}

export interface PathCheck {
  readonly kind: 'path';
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** Hops of one layer count; undefined: all of them. */
  readonly layer: 'l2' | 'l3' | undefined;
  readonly proto: Protocol;
  readonly port: number | undefined;
  readonly expect: PathExpectation;
}

export interface PathExpectation {
  /** Whether it gets there; undefined: not asked for, and true unless something else is asked for. */
  readonly reaches: boolean;
  /** Each is met by a hop at least. */
  readonly contains: readonly NodePattern[];
  /** None is met by any hop. */
  readonly absent: readonly NodePattern[];
  readonly maxHops: number | undefined;
  /** Largest packet that passes whole, bytes. */
  readonly mtu: Range | undefined;
}

/** `Type=vxlan`: a key of metadata (or Name, Type, Host, ID) and its value as text. */
export interface NodePattern {
  readonly text: string;
  readonly key: string;
  readonly value: string;
}

export interface QueryCheck {
  readonly kind: 'query';
  readonly query: string;
  readonly expect: ValueExpectation;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** All that is given has to hold. At least one is. */
export interface ValueExpectation {
  readonly equals?: Json;
  readonly min?: number;
  readonly max?: number;
  /** Of what was found. */
  readonly count?: Range;
  readonly empty?: boolean;
  /** Each is among what was found. */
  readonly contains?: readonly Json[];
  /** Each text that was found matches (RE2 syntax, anywhere in it). */
  readonly matches?: string;
  /** Just these were found, in whichever order. */
  readonly values?: readonly Json[];
}

export interface ChangedCheck {
  readonly kind: 'changed';
  readonly from: string;
  readonly to: string;
  /** Which elements are looked at: `G.V()…`; undefined: all of them. */
  readonly query: string | undefined;
  readonly expect: { readonly added?: Range; readonly removed?: Range; readonly updated?: Range };
}

export interface MatrixCheck extends Traffic {
  readonly kind: 'matrix';
  /** Titles of the columns: who is spoken to. */
  readonly columns: readonly Endpoint[];
  readonly rows: readonly { readonly from: Endpoint; readonly cells: readonly Cell[] }[];
}

/** `+` gets there, `-` does not, `.` is not tried. */
export type Cell = '+' | '-' | '.';

export interface MetricCheck {
  readonly kind: 'metric';
  readonly text: string;
  readonly expression: Expression;
  readonly expect: Range;
}

export interface WorkflowCheck {
  readonly kind: 'workflow';
  /** Its name; `name` is that of the check. */
  readonly workflow: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly expect: ValueExpectation;
}
