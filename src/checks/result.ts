/**
 * What checks came to, with the evidence of it: what `POST /api/check` sends, one JSON object a line, and what reports
 * are drawn from. Plain JSON: what is absent is left out. Times are epoch ms.
 */
import type { PathNode } from '../contract/path.ts';
import type { CheckKind, Json, Severity } from './suite/suite.ts';

/** Stable: they are what `<failure type=…>` has. */
export const codes = [
  'DELIVERED',
  'NO_ROUTE',
  'NO_ARP',
  'LINK_DOWN',
  'MTU_EXCEEDED',
  'POLICY_DENY',
  'RULE_DROP',
  'NAT_MISMATCH',
  'TUNNEL_MISMATCH',
  'PORT_CLOSED',
  'RST',
  'NO_REPLY',
  'LOST_BETWEEN',
  'ASYMMETRIC',
  'NOT_OBSERVED',
] as const;

export type ReachCode = (typeof codes)[number];

/** Codes of checks that are about no packet. */
export const otherCodes = [
  'NOT_EQUAL',
  'TOO_LOW',
  'TOO_HIGH',
  'NOT_FOUND',
  'UNEXPECTED',
  'CHANGED',
  'WRONG_PATH',
  'WRONG_CELLS',
  'LOSSY',
  'SLOW',
] as const;

export type ResultCode = ReachCode | (typeof otherCodes)[number];

/** A line of the reply. The first is `run`, the last is `summary`; without a summary the run was cut off. */
export type CheckLine = RunLine | CheckResult | RunSummary;

export interface RunLine {
  readonly schema: 'skein/v1';
  readonly kind: 'run';
  readonly id: string;
  readonly startedAt: number;
  readonly suites: readonly { readonly name: string; readonly file: string; readonly checks: number }[];
  /** Checks that are chosen, each of which gives a result at least. */
  readonly checks: number;
  /** Base of links: `http://host:8082`. */
  readonly server?: string;
  readonly version: string;
  readonly dryRun?: boolean;
  readonly warnings?: readonly string[];
}

export interface CheckResult {
  readonly schema: 'skein/v1';
  readonly kind: 'result';
  readonly id: string;
  /** With `pick: each`, which of them this is: `blue → red`. */
  readonly instance?: string;
  readonly name: string;
  readonly suite: string;
  readonly check: CheckKind;
  readonly tags: readonly string[];
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `error`: it could not be run, which is neither good nor bad news of the network. */
  readonly status: 'ok' | 'failed' | 'error' | 'skipped';
  /** Of `ok` and `failed`. */
  readonly code?: ResultCode;
  /** One sentence each. */
  readonly expected?: string;
  readonly got?: string;
  /** The values behind them, for programs. */
  readonly expectedValue?: Json;
  readonly gotValue?: Json;
  /** Why it failed, could not be run, or was skipped. */
  readonly reason?: string;
  /** What would do. */
  readonly hint?: string;
  /** What would have been sent, with --dry-run. */
  readonly would?: readonly string[];
  readonly attempts: number;
  /** It is ok, but was not at the first attempt. */
  readonly flaky?: boolean;
  /** How long it stayed as expected, where that was asked for. */
  readonly heldMs?: number;
  readonly startedAt: number;
  readonly tookMs: number;
  /** Of `reach`. */
  readonly traffic?: TrafficSeen;
  /** Of `matrix`. */
  readonly matrix?: MatrixResult;
  readonly evidence?: Evidence;
  /** It failed in the baseline already. Set by the command line. */
  readonly known?: boolean;
}

export interface TrafficSeen {
  readonly from: string;
  readonly to: string;
  /** `tcp 5432`. */
  readonly packet: string;
  readonly method: 'inject' | 'connect' | 'model';
  readonly sent?: number;
  readonly delivered?: number;
  readonly lossPercent?: number;
  readonly rttMs?: { readonly p50: number; readonly p95: number; readonly max: number };
}

/** The table that was expected, and the one that is. */
export interface MatrixResult {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly MatrixCell[] }[];
}

export interface MatrixCell {
  readonly expected: '+' | '-' | '.';
  /** `?`: could not be tried; `.`: not to be tried. */
  readonly got: '+' | '-' | '.' | '?';
  readonly code?: ReachCode;
  /** Of a cell that is not as expected: why, in a sentence. */
  readonly reason?: string;
}

export interface Evidence {
  /** The way of the packet, in its order. */
  readonly hops?: readonly ResultHop[];
  /** Where it ends, when it does not arrive. */
  readonly stopsAt?: PathNode;
  /** Between the last hop that saw it and the next, which did not. */
  readonly lostBetween?: { readonly from: PathNode; readonly to: PathNode };
  readonly drop?: {
    /** The kernel's word for it: `NETFILTER_DROP`; or that of a datapath. */
    readonly reason: string;
    readonly packets: number;
    /** Function of the kernel. */
    readonly location?: string;
    readonly node?: PathNode;
  };
  /** The rule, route or setting that decides, where it is known. */
  readonly by?: {
    readonly type: 'rule' | 'route' | 'policy' | 'interface' | 'socket' | 'neighbour';
    readonly text: string;
    readonly node?: PathNode;
    readonly id?: string;
  };
  readonly pcapng?: PcapngEvidence;
  /** Changes of the graph since the last green run (or `since`, when none is known). */
  readonly changes?: ChangesEvidence;
  /** Gremlin that shows more. */
  readonly queries?: readonly string[];
  /** What could not be got, and why. */
  readonly missing?: readonly string[];
}

export interface ResultHop {
  /** 0, and one more inside of each tunnel. */
  readonly depth: number;
  readonly node: PathNode;
  /** How the packet goes on from here. */
  readonly how: string;
  readonly mtu?: number;
  /** Packets of this check that were seen here; absent where nobody looked. */
  readonly seen?: number;
  /** Since the hop before; µs. */
  readonly delayUs?: number;
  /** Counters of the interface that moved meanwhile: `RxDropped: 3`. */
  readonly counters?: Readonly<Record<string, number>>;
  readonly issues?: readonly string[];
  /** It ends here. */
  readonly stops?: boolean;
}

export interface PcapngEvidence {
  readonly packets: number;
  readonly bytes: number;
  /** The file itself, from the server to the command line, which writes it and leaves this away. */
  readonly base64?: string;
  /** Where the command line wrote it. */
  readonly file?: string;
}

export interface ChangesEvidence {
  readonly from: number;
  readonly to: number;
  /** When this check was ok the last time; absent when that is not known. */
  readonly lastGreenAt?: number;
  readonly added: number;
  readonly removed: number;
  readonly updated: number;
  /** The nearest to the path first; not all of them where there are many. */
  readonly list: readonly ChangeSeen[];
}

export interface ChangeSeen {
  readonly at: number;
  readonly change: 'added' | 'removed' | 'updated';
  readonly node?: PathNode;
  /** `route 10.0.0.0/24 via 192.0.2.1 is gone`. */
  readonly text: string;
}

export interface RunSummary {
  readonly schema: 'skein/v1';
  readonly kind: 'summary';
  /** All results; the numbers below add up to it. */
  readonly checks: number;
  readonly ok: number;
  /** Failed with severity error. */
  readonly failed: number;
  /** Failed with severity warning. */
  readonly warnings: number;
  /** Failed with severity info. */
  readonly infos: number;
  readonly errors: number;
  readonly skipped: number;
  readonly flaky: number;
  readonly startedAt: number;
  readonly tookMs: number;
  /** Why not all were run: --timeout, --fail-fast, or what broke. */
  readonly cutOff?: { readonly why: 'timeout' | 'fail-fast' | 'interrupted' | 'broken'; readonly text: string };
}
