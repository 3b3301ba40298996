/** What `GET /api/status` and /metrics say of captures and flows. */
import type { FlowArchiveHealth } from '../archive/archive.ts';
import type { FlowWriter } from '../archive/flow-writer.ts';
import type { AssignedCaptures } from '../capture/assigned.ts';
import type { Captures } from '../capture/captures.ts';
import type { LiveFlows } from '../capture/live-flows.ts';
import type { Mechanism } from '../capture/mechanism.ts';
import type { CaptureStatus, FlowStatus } from '../contract/status.ts';

/** Losses that are told, the largest first. */
const LOSSES_SHOWN = 100;
/** Sentences about captures that are told. */
const NOTES_SHOWN = 100;

export function captureStatus(mechanisms: readonly Mechanism[], captures: Captures): CaptureStatus {
  const nodes = new Map<string, number>();
  const why = new Map<string, Set<string>>();
  let [active, failed] = [0, 0];
  for (const { state } of captures.points()) {
    if (state.kind === 'error') failed++;
    if (state.kind !== 'active') continue;
    active++;
    nodes.set(state.type, (nodes.get(state.type) ?? 0) + 1);
    for (const sentence of state.why) {
      const [type = '', ...rest] = sentence.split(': ');
      why.set(type, (why.get(type) ?? new Set()).add(rest.join(': ')));
    }
  }
  const notes = captures
    .list()
    .flatMap(({ UUID, Name }) => captures.state(UUID).notes.map((note) => `${Name ?? UUID}: ${note}`));
  return statusOf(mechanisms, captures, { active, failed, nodes, why, notes });
}

/** Of captures that agents run: each mechanism with the nodes on which it does. */
export function assignedStatus(
  mechanisms: readonly Mechanism[],
  captures: Pick<AssignedCaptures, 'list' | 'state' | 'trouble'>,
): CaptureStatus {
  const nodes = new Map<string, number>();
  let [active, failed] = [0, 0];
  const notes: string[] = [];
  for (const { UUID, Name } of captures.list()) {
    const state = captures.state(UUID);
    active += state.active;
    failed += state.failed;
    for (const [type, count] of Object.entries(state.types)) nodes.set(type, (nodes.get(type) ?? 0) + count);
    for (const note of state.notes) notes.push(`${Name ?? UUID}: ${note}`);
  }
  return statusOf(mechanisms, captures, { active, failed, nodes, why: new Map(), notes });
}

/** How captures are doing, all together; `nodes` and `why` by the type of a mechanism. */
interface Doing {
  readonly active: number;
  readonly failed: number;
  readonly nodes: ReadonlyMap<string, number>;
  readonly why: ReadonlyMap<string, ReadonlySet<string>>;
  readonly notes: readonly string[];
}

function statusOf(
  mechanisms: readonly Mechanism[],
  captures: Pick<AssignedCaptures, 'list' | 'trouble'>,
  { active, failed, nodes, why, notes }: Doing,
): CaptureStatus {
  return {
    IsMaster: true,
    All: captures.list().length,
    Active: active,
    Failed: failed,
    Mechanisms: mechanisms.map(({ type, doc, nodeTypes, rank }) => ({
      Type: type,
      Doc: doc,
      NodeTypes: [...nodeTypes],
      ...(rank !== undefined && { Rank: rank }),
      Nodes: nodes.get(type) ?? 0,
      ...(why.has(type) && { Why: [...(why.get(type) ?? [])] }),
    })),
    Notes: [...(captures.trouble === undefined ? [] : [captures.trouble]), ...notes].slice(0, NOTES_SHOWN),
  };
}

export interface FlowStatusParts {
  readonly flows: LiveFlows;
  readonly captures: Captures;
  readonly flowsMax: number;
  /** Undefined: they are kept nowhere, or it did not say yet. */
  readonly health: FlowArchiveHealth | undefined;
  readonly writer: FlowWriter | undefined;
  /** Name of the node with this TID. */
  readonly nameOf: (tid: string) => string | undefined;
}

export function flowStatus({ flows, captures, flowsMax, health, writer, nameOf }: FlowStatusParts): FlowStatus {
  const { flows: live, places, waitingBytes } = flows.stats();
  let [packets, dropped] = [0, 0];
  for (const point of captures.points()) {
    const { packetsReceived, packetsDropped, packetsIfDropped } = point.stats();
    packets += packetsReceived;
    dropped += packetsDropped + packetsIfDropped;
  }
  const losses = flows.table.loss().toSorted((a, b) => b.packets - a.packets);
  return {
    Live: live,
    LiveMax: flowsMax,
    Places: places,
    WaitingBytes: waitingBytes,
    Packets: packets,
    Dropped: dropped,
    Losses: losses.slice(0, LOSSES_SHOWN).map((loss) => ({
      Host: loss.host,
      Node: loss.node,
      ...withName(nameOf(loss.node)),
      Capture: loss.capture,
      Stage: loss.stage,
      Reason: loss.reason,
      Packets: loss.packets,
      Bytes: loss.bytes,
      Flows: loss.flows,
      From: loss.from,
      To: loss.to,
    })),
    Archive: health && writer ? archiveReply(health, writer) : null,
  };
}

function archiveReply(health: FlowArchiveHealth, writer: FlowWriter): NonNullable<FlowStatus['Archive']> {
  const { queued, written, failures, lost, notes } = writer.status();
  return {
    Flows: health.flows,
    Points: health.points,
    RawPackets: health.rawPackets,
    SizeBytes: health.sizeBytes,
    Range: health.range ?? null,
    AgesMs: { ...health.ages },
    Notes: [...health.notes, ...notes],
    Queued: queued,
    Written: written,
    Failures: failures,
    Lost: lost.flows + lost.rawPackets,
  };
}

function withName(Name: string | undefined): { readonly Name?: string } {
  return Name === undefined ? {} : { Name };
}
