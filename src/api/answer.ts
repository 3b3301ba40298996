/** An answer of the engine → JSON text in pieces: in Skydive's shapes, and in our own that says what it is. */
import { schemaVersion } from '../contract/element.ts';
import type { Element } from '../graph/element.ts';
import type { GraphView, Sample, Span } from '../graph/view.ts';
import type { Answer } from '../query/query.ts';
import type { NextHopOf } from '../query/step.ts';
import { dotPieces } from './dot.ts';
import { differenceJson, elementJson, nextHopJson, packetJson, pastElementJson, sampleJson } from './wire.ts';

/** Skydive's shape: what it is follows from the query alone. */
export function* topologyPieces(answer: Answer): Generator<string> {
  switch (answer.kind) {
    case 'graph':
      yield '[{"Nodes":';
      yield* elements(answer.nodes, answer.view);
      yield ',"Edges":';
      yield* elements(answer.edges, answer.view);
      yield '}]\n';
      return;
    case 'metrics':
      yield answer.groups.size === 0 ? '[]\n' : `[${groupsJson(answer.groups)}]\n`;
      return;
    case 'nexthops':
      yield answer.hops.length === 0 ? '[]\n' : `[${nextHopsJson(answer.hops)}]\n`;
      return;
    case 'flowgroups':
    case 'packets':
    case 'sockets': {
      const members = membersOf(answer);
      yield '[';
      if (members.length > 0) yield* record(members);
      yield ']\n';
      return;
    }
    default:
      yield* items(answer);
      yield '\n';
  }
}

/** What `POST /api/query` says around an answer. */
export interface Around {
  readonly range: Span;
  readonly logRevision: number;
  readonly tookMs: number;
}

export function* replyPieces(answer: Answer, around: Around): Generator<string> {
  const { from, to } = around.range;
  const time = answer.time ?? null;
  yield `{"schema":"${schemaVersion}","kind":"${answer.kind}","warnings":${JSON.stringify(answer.warnings)},` +
    `"range":${JSON.stringify({ from: finite(from), to: finite(to) })},"time":${JSON.stringify(time)},` +
    `"logRevision":${around.logRevision},"tookMs":${Math.round(around.tookMs * 1000) / 1000},`;
  if (answer.loss?.length) yield `"loss":${JSON.stringify(answer.loss)},`;
  if (answer.kind === 'graph') {
    yield '"nodes":';
    yield* elements(answer.nodes, answer.view);
    yield ',"edges":';
    yield* elements(answer.edges, answer.view);
  } else if (answer.kind === 'metrics') yield `"groups":${groupsJson(answer.groups)}`;
  else if (answer.kind === 'nexthops') yield `"nextHops":${nextHopsJson(answer.hops)}`;
  else if (answer.kind === 'flowgroups' || answer.kind === 'packets' || answer.kind === 'sockets') {
    yield `"${answer.kind === 'flowgroups' ? 'flowGroups' : answer.kind}":`;
    yield* record(membersOf(answer));
  } else {
    yield `"${member[answer.kind]}":`;
    yield* items(answer);
  }
  yield '}\n';
}

/** Only graphs can be drawn. */
export function graphPieces(answer: Answer): Generator<string> | undefined {
  return answer.kind === 'graph' ? dotPieces(answer.nodes, answer.edges) : undefined;
}

type Plain = Exclude<Answer, { kind: 'graph' | 'metrics' | 'nexthops' } | Keyed>;
type Keyed = { readonly kind: 'flowgroups' | 'packets' | 'sockets' };

const member: Record<Plain['kind'], string> = {
  nodes: 'nodes',
  edges: 'edges',
  paths: 'paths',
  values: 'values',
  maps: 'maps',
  value: 'value',
  metric: 'sample',
  differences: 'differences',
  history: 'elements',
  flows: 'flows',
  plan: 'plan',
  profile: 'profile',
};

function* items(answer: Plain): Generator<string> {
  switch (answer.kind) {
    case 'nodes':
      return yield* elements(answer.nodes, answer.view);
    case 'edges':
      return yield* elements(answer.edges, answer.view);
    case 'paths':
      return yield* list(answer.paths, (path) => `[${path.map((node) => elementJson(node, answer.view)).join(',')}]`);
    case 'values':
      return yield* list(answer.values, jsonOf);
    case 'maps':
      return yield* list(answer.maps, jsonOf);
    case 'value':
      return yield jsonOf(answer.value);
    case 'metric':
      return yield answer.sample ? sampleJson(answer.sample) : '{}';
    case 'differences':
      return yield* list(answer.differences, differenceJson);
    case 'history':
      return yield* list(answer.elements, pastElementJson);
    case 'flows':
      // A flow is plain data, in its shape for the wire already.
      return yield* list(answer.flows, jsonOf);
    case 'plan':
      return yield jsonOf(answer.plan);
    case 'profile':
      return yield jsonOf(answer.profile);
  }
}

function elements(all: Iterable<Element>, view: GraphView): Generator<string> {
  return list(all, (element) => elementJson(element, view));
}

function* list<T>(all: Iterable<T>, json: (item: T) => string): Generator<string> {
  let before = '[';
  for (const item of all) {
    yield before + json(item);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** What an answer has by UUID, id or value: the key, and the JSON of each of its items. */
type Member = readonly [id: string, items: Iterable<string>];

function membersOf(answer: Extract<Answer, Keyed>): readonly Member[] {
  switch (answer.kind) {
    case 'flowgroups':
      return answer.flowGroups.map(({ id, flows }) => [id, list(flows, jsonOf)]);
    case 'packets':
      return answer.packets.map(({ id, packets }) => [id, list(packets, packetJson)]);
    case 'sockets':
      return answer.sockets.map(({ id, sockets }) => [id, list(sockets, jsonOf)]);
  }
}

/** One object, piece by piece. */
function* record(members: readonly Member[]): Generator<string> {
  let before = '{';
  for (const [id, items] of members) {
    yield `${before}${JSON.stringify(id)}:`;
    yield* items;
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

function groupsJson(groups: ReadonlyMap<string, readonly Sample[]>): string {
  const members = [...groups].map(([id, samples]) => `${JSON.stringify(id)}:[${samples.map(sampleJson).join(',')}]`);
  return `{${members.join(',')}}`;
}

function nextHopsJson(hops: readonly NextHopOf[]): string {
  return `{${hops.map(({ id, hop }) => `${JSON.stringify(id)}:${nextHopJson(hop)}`).join(',')}}`;
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** Before the first event there is no begin yet. */
function finite(time: number): number {
  return Number.isFinite(time) ? time : 0;
}
