/** What the server captures, and which capture a word on the command line means. */
import type { WireCapture } from '../contract/capture.ts';
import type { WireNode } from '../contract/element.ts';
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { nameOf } from './render/element.ts';
import { listOf, meant } from './resources.ts';
import type { ServerOptions } from './server.ts';
import type { Row } from './things.ts';

/** One node on which a capture runs, or cannot. */
export interface CapturedAt {
  readonly node: WireNode;
  readonly id: string;
  readonly state: string;
  readonly type: string | undefined;
  readonly hasFilter: boolean;
  /** Where exporters and tools send to. */
  readonly listens: string | undefined;
  readonly error: string | undefined;
  /** Why not with a better mechanism. */
  readonly why: readonly string[];
  readonly packets: number;
  readonly drops: number;
}

export function listCaptures(session: Session, options: ServerOptions): Promise<WireCapture[]> {
  return listOf(session, options, 'capture');
}

/** Of each capture the nodes; `graph` is the time: `G`, or `G.At(…)`. */
export async function capturedAt(session: Session, options: ServerOptions, graph = 'G'): Promise<CapturedAt[]> {
  const reply = await ask(session, { ...options, quiet: true }, { query: `${graph}.V().HasKey('Captures')` });
  return reply.kind === 'nodes' ? reply.nodes.flatMap(entriesOf) : [];
}

/** Throws a Failure that says what there is. */
export function captureNamed(captures: readonly WireCapture[], word: string): WireCapture {
  return meant(captures, word, { noun: 'capture', make: 'skein capture start' });
}

/** One row for each, as lists show them. */
export async function captureRows(
  session: Session,
  options: ServerOptions,
  captures: readonly WireCapture[],
): Promise<Row[]> {
  const places = captures.length > 0 ? await capturedAt(session, options) : [];
  return captures.map((capture) => captureRow(capture, places));
}

function captureRow(capture: WireCapture, all: readonly CapturedAt[]): Row {
  const places = all.filter(({ id }) => id === capture.UUID);
  const sum = (of: (place: CapturedAt) => number) => places.reduce((total, place) => total + of(place), 0);
  return {
    ID: capture.UUID,
    NAME: capture.Name,
    QUERY: capture.GremlinQuery,
    FILTER: capture.BPFFilter,
    TYPE: Object.keys(capture.Mechanisms ?? {}).length > 0 ? Object.keys(capture.Mechanisms ?? {}) : capture.Type,
    NODES: capture.Count,
    MATCHED: capture.Matched ?? 0,
    PACKETS: sum(({ packets }) => packets),
    DROPS: sum(({ drops }) => drops),
    STATE: stateOf(capture),
    LISTENS: listenersOf(places),
    ENDS: capture.EndsAt === undefined ? undefined : new Date(capture.EndsAt).toISOString(),
    ERRORS: places.flatMap(({ error, node }) => (error === undefined ? [] : [`${nameOf(node)}: ${error}`])),
    NOTES: capture.Notes,
    DESCRIPTION: capture.Description,
  };
}

export function listenersOf(places: readonly CapturedAt[]): string[] | undefined {
  const all = places.flatMap(({ listens }) => listens ?? []);
  return all.length > 0 ? all : undefined;
}

/** waiting: nothing matched yet. */
function stateOf({ Count, Matched = 0, Failed = 0 }: WireCapture): string {
  if (Matched === 0) return 'waiting';
  if (Count === 0) return Failed > 0 ? 'error' : 'starting';
  return Count < Matched ? 'partly' : 'active';
}

function entriesOf(node: WireNode): CapturedAt[] {
  const { Captures } = node.Metadata;
  if (!Array.isArray(Captures)) return [];
  return Captures.flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
    const { ID, State, Type, BPFFilter, Error: error, Why, PacketsReceived, PacketsDropped, PacketsIfDropped } = entry;
    return [
      {
        node,
        id: String(ID),
        state: String(State),
        type: textOf(Type),
        hasFilter: Boolean(BPFFilter),
        listens: textOf(entry.PCAPSocket) ?? textOf(entry.SFlowSocket) ?? textOf(entry.Listens),
        error: textOf(error),
        why: Array.isArray(Why) ? Why.map(String) : [],
        packets: Number(PacketsReceived ?? 0),
        drops: Number(PacketsDropped ?? 0) + Number(PacketsIfDropped ?? 0),
      },
    ];
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
