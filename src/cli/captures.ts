/** What the server captures, and which capture a word on the command line means. */
import type { WireCapture } from '../contract/capture.ts';
import type { WireNode } from '../contract/element.ts';
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { request } from './http.ts';
import { nameOf } from './render/element.ts';
import { type ServerOptions, serverOf } from './server.ts';
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

export async function listCaptures(session: Session, options: ServerOptions): Promise<WireCapture[]> {
  const server = await serverOf(options, session.io);
  const { text } = await request(server, { path: '/api/capture', signal: session.io.interrupted });
  return Object.values(JSON.parse(text) as Record<string, WireCapture>);
}

/** Of each capture the nodes; `graph` is the time: `G`, or `G.At(…)`. */
export async function capturedAt(session: Session, options: ServerOptions, graph = 'G'): Promise<CapturedAt[]> {
  const reply = await ask(session, { ...options, quiet: true }, { query: `${graph}.V().HasKey('Captures')` });
  return reply.kind === 'nodes' ? reply.nodes.flatMap(entriesOf) : [];
}

/** By id, by the beginning of one, or by name. Throws a Failure that says what there is. */
export function captureNamed(captures: readonly WireCapture[], word: string): WireCapture {
  const whole = captures.filter(({ UUID, Name }) => UUID === word || Name === word);
  const found = whole.length > 0 ? whole : captures.filter(({ UUID }) => UUID.startsWith(word.toLowerCase()));
  const [first] = found;
  if (first && found.length === 1) return first;
  const known = (all: readonly WireCapture[]) =>
    all.map(({ UUID, Name }) => `${UUID}  ${Name ?? ''}`.trim()).join('\n');
  if (first) throw usageFailure(`${found.length} captures are called "${word}"; say which:`, known(found));
  const hint = captures.length > 0 ? `there are\n${known(captures)}` : 'there is none: skein capture start';
  throw new Failure(exitCodes.empty, `there is no capture "${word}"`, hint);
}

/** One row for each, as lists show them. */
export async function captureRows(session: Session, options: ServerOptions): Promise<Row[]> {
  const captures = await listCaptures(session, options);
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
