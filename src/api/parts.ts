/** What the API needs of the rest: everything comes in as an argument, nothing is reached for. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TraceRead } from '../capture/traces.ts';
import type { Status } from '../contract/status.ts';
import type { Flow } from '../flow/flow.ts';
import type { Change, Commit, GraphEvent, Source } from '../graph/change.ts';
import type { GraphView, Timeline } from '../graph/view.ts';
import type { Injections } from '../injection/injection.ts';
import type { NodeType } from '../model/vocabulary.ts';
import type { Context as QueryContext, QueryEngine } from '../query/query.ts';
import type { AccessBook } from '../security/access-book.ts';
import type { AuditEntry } from '../security/audit.ts';
import type { TlsKeeper } from '../security/tls.ts';
import type { Later } from '../std/later.ts';
import type { Workflows } from '../workflows/workflow.ts';
import type { AbsentHost } from './absent.ts';
import type { ApiAlerts } from './alert-routes.ts';
import type { ApiBundles } from './bundles.ts';
import type { ApiTails } from './capture-tail.ts';
import type { ApiCaptures } from './captures.ts';
import type { Checks } from './checks.ts';
import type { DatapathFlows } from './datapath-routes.ts';
import type { ApiDrops } from './drop-routes.ts';
import type { GremlinParts } from './gremlin/parts.ts';
import type { Audit } from './guard.ts';
import type { ApiLimits } from './limits.ts';
import type { ApiRules } from './rules.ts';

export interface ApiParts {
  /** host_id of this process. */
  readonly host: string;
  /** In whose name users make elements here; `api.<host>` when it is left out. */
  readonly publisher?: string;
  readonly version: string;
  readonly graph: ApiGraph;
  readonly timeline: Timeline;
  readonly engine: Pick<QueryEngine, 'prepare' | 'run'>;
  /** What others know of themselves; the API adds its own connections. Asked for at each scrape and status. */
  readonly status: () => ServerStatus;
  /** Value of a configuration key (dotted), undefined when there is none. Secrets are the caller's to leave out. */
  readonly configValue: (key: string) => unknown;
  readonly access: AccessRules;
  /** Who did what; absent: nobody writes it down. */
  readonly audit?: Audit | undefined;
  /** The last so many entries of it, oldest first. */
  readonly audited?: (count: number) => readonly AuditEntry[];
  /** Absent: plain HTTP. */
  readonly tls?: TlsKeeper | undefined;
  readonly clock: ApiClock;
  readonly archive: ApiArchive;
  readonly vocabulary: ApiVocabulary;
  /** Absent: there is no /api/capture. */
  readonly captures?: ApiCaptures;
  /** Why nothing happens here, as a sentence: what cannot be answered for that reason is told so. Absent: it does. */
  readonly still?: string;
  /** Absent: there is no /api/datapath-flows. */
  readonly datapathFlows?: DatapathFlows;
  /** Absent: there is no /api/drops. */
  readonly drops?: ApiDrops;
  /** Absent: there is no /api/bundle. */
  readonly bundles?: ApiBundles;
  /** Absent: there is no /api/injectpacket. */
  readonly injections?: Injections;
  /** Absent: packets cannot be read here. */
  readonly tails?: ApiTails;
  /** Absent: traces cannot be read here. */
  readonly traces?: ApiTraces;
  /** Absent: there are no rules, and what users say of a node is said once. */
  readonly rules?: ApiRules;
  /** Absent: there are no checks. */
  readonly checks?: Later<Checks>;
  /** Absent: there are no workflows. */
  readonly workflows?: Workflows;
  /** What queries see of flows; without it they are told that there are none. */
  readonly flows?: Pick<QueryContext, 'flows' | 'matchFilter' | 'sockets'>;
  /** Absent: there is no /api/alert. */
  readonly alerts?: ApiAlerts;
  /** Flows as they are updated, for WebSockets. */
  readonly flowFeed?: FlowFeed;
  /** Keys of metadata that are known: others are warned of. */
  readonly keys?: () => readonly string[];
  /** The network as standard Gremlin sees it; absent: there is no /gremlin. */
  readonly gremlin?: () => Promise<Pick<GremlinParts, 'sources' | 'random' | 'limits' | 'traversalLimits'>>;
  /** Hosts that nobody tells of at the moment: answers say so. */
  readonly absent?: () => readonly AbsentHost[];
  /** Where agents come in (WebSockets at /relay); it looks at their tokens itself. Absent: there is no such door. */
  readonly relay?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly log: ApiLog;
  readonly limits?: Partial<ApiLimits>;
}

/** The live graph, as far as the API touches it. */
export interface ApiGraph {
  readonly revision: number;
  now(): GraphView;
  apply(changes: Iterable<Change>, source: Source): Commit;
  subscribe(listener: (commit: Commit) => void): () => void;
  /** Events after `revision`, oldest first, `max` at most; undefined when they are no longer kept. */
  since(revision: number, max?: number): Iterable<GraphEvent> | undefined;
}

export interface ApiArchive {
  /** Resolves when everything applied before the call is durable. */
  flushed(): Promise<void>;
  /** Its queue is full: whoever writes should wait for `flushed`. */
  isFull(): boolean;
}

/** Where traces (pcap, pcapng) are put into the past. */
export interface ApiTraces {
  /** Traces that are being read now. */
  readonly running: number;
  /** Resolves when its flows are kept durably. Rejects with a Mistake that says what is wrong with it, and where. */
  read(pieces: AsyncIterable<Uint8Array>): Promise<TraceRead>;
}

export interface FlowFeed {
  /** The result ends it. */
  subscribe(listener: FlowListener): () => void;
}

export interface FlowListener {
  /** What was added to them since their last update is in LastUpdateMetric. */
  updated(flows: readonly Flow[]): void;
  counted(stats: readonly FlowStats[]): void;
}

/** Of one capture; Skydive's names. */
export interface FlowStats {
  readonly CaptureID: string;
  readonly FlowCount: number;
  readonly FlowDropped: number;
  readonly KernelFlowDropped: number;
  readonly PacketsDropped: number;
  readonly PacketsReceived: number;
}

export type ServerStatus = Pick<Status, 'Probes' | 'Graph' | 'Archive' | 'Flows' | 'Sockets' | 'Notes' | 'StartedAt'> &
  Partial<Pick<Status, 'Alerts' | 'Captures' | 'Injections' | 'Rules' | 'Relay' | 'Fleet' | 'Workflows'>>;

export interface AccessRules {
  /** Any of them opens every door. Without one (and without a book) only loopback is answered. */
  readonly tokens: readonly string[];
  /** Tokens with roles, and users. */
  readonly book?: AccessBook | undefined;
  /** What who comes from loopback without a token may; `token`: nothing. Left out: admin. */
  readonly loopback?: 'admin' | 'read' | 'token';
  /** Beyond loopback also without TLS. */
  readonly isInsecure?: boolean;
  /** Names this server may be called by besides localhost and addresses. */
  readonly hostNames: readonly string[];
}

export interface ApiClock {
  /** Epoch ms. */
  now(): number;
  /** Monotonic ms. */
  elapsed(): number;
}

export interface ApiVocabulary {
  readonly types: readonly NodeType[];
  readonly relations: readonly { readonly name: string; readonly doc: string }[];
  readonly steps: readonly {
    readonly name: string;
    readonly aliases?: readonly string[];
    readonly doc: string;
    readonly example?: { readonly query: string };
  }[];
}

export interface ApiLog {
  info(message: string): void;
  warn(message: string): void;
}
