/** The composition root's part about bundles: a span of what is known here, as one file. */
import type { ApiBundles, BundleAsking } from './api/bundles.ts';
import type { ApiParts } from './api/parts.ts';
import { turn } from './api/write.ts';
import type { Archive } from './archive/archive.ts';
import { openEmbeddedArchive } from './archive/embedded/index.ts';
import type { Selection } from './bundle/selection.ts';
import type { BundleSource } from './bundle/source.ts';
import { version } from './cli/version.ts';
import type { GraphNode } from './graph/element.ts';
import { shifted } from './graph/shifted.ts';
import type { GraphView, Span, Timeline } from './graph/view.ts';
import type { QueryEngine } from './query/query.ts';
import { momentHint, momentOfNumber, parseMoment, resolveMoment } from './query/times.ts';
import { mistake } from './std/mistake.ts';

export interface BundleParts {
  readonly host: string;
  readonly timeline: Timeline;
  readonly engine: QueryEngine;
  /** Undefined: nothing is kept, and so nothing can be given. */
  readonly archive: Archive | undefined;
  readonly flushed: () => Promise<void>;
  readonly flows: ApiParts['flows'];
  readonly expireMs: number;
  /** The last results of checks. */
  readonly checks?: () => unknown;
}

/** Each takes a folder of its own, and a processor for a while. */
const RUNNING_MAX = 1;
/** Of the archive in it, unpacked. */
const BYTES_MAX = 2 ** 30;
const QUERY_MS = 60_000;

export function bundlesOf(parts: BundleParts): ApiBundles {
  let running = 0;
  return {
    async make(asked, signal) {
      const { archive } = parts;
      if (!archive) throw mistake('bundle.no-archive', 'nothing is kept here (archive.kind is none)');
      if (running >= RUNNING_MAX)
        throw mistake('query.busy', 'another bundle is being made', 'try again when it is done');
      running++;
      await using stack = new AsyncDisposableStack();
      stack.defer(() => void running--);
      const nowMs = Date.now();
      const { span, missing } = spanOf(asked, parts.timeline, nowMs);
      const { query, withPackets, by } = asked;
      const selection = query === undefined ? undefined : await selectionOf(query, span, parts, signal);
      const { temporaryFolder } = await import('./bundle/folder.ts');
      const { makeBundle } = await import('./bundle/make.ts');
      const { writeBundle } = await import('./bundle/write.ts');
      const folder = stack.use(temporaryFolder('bundle'));
      const manifest = await makeBundle(
        sourceOf(parts, archive, asked),
        { span, query, selection, withPackets, missing: [...asked.missing, ...missing], by, nowMs },
        folder.path,
        {
          openArchive: (directory) => bundledArchive(directory, { isBeingMade: true }),
          limits: { bytesMax: Math.min(BYTES_MAX, asked.maxBytes ?? BYTES_MAX) },
          signal,
        },
      );
      const made = stack.move();
      return {
        manifest,
        pieces: () => writeBundle(folder.path, manifest, signal),
        [Symbol.dispose]: () => void made.disposeAsync(),
      };
    },
  };
}

/** Nothing of it is forgotten for size or age. `expireMs`: as it was where it comes from. */
export function bundledArchive(
  directory: string,
  { expireMs = 0, isBeingMade = false }: { readonly expireMs?: number; readonly isBeingMade?: boolean } = {},
): Promise<Archive> {
  const { maxBytes, maxAgeMs } = FOR_EVER;
  const ages = {
    flowsMs: maxAgeMs,
    pointsMs: maxAgeMs,
    points1mMs: maxAgeMs,
    points5mMs: maxAgeMs,
    points1hMs: maxAgeMs,
    rawPacketsMs: maxAgeMs,
  };
  return openEmbeddedArchive({
    directory,
    isBeingMade,
    ...FOR_EVER,
    flows: { maxBytes, expireMs, ages },
    sockets: FOR_EVER,
  });
}

const FOR_EVER = { maxBytes: 2 ** 50, maxAgeMs: 36_500 * 86_400_000 };

function sourceOf(parts: BundleParts, archive: Archive, { status }: BundleAsking): BundleSource {
  const { host, timeline, flushed, flows, expireMs, checks } = parts;
  return {
    ...{ host, version: version(), timeline, archive, flushed, expireMs, status },
    flows: flows?.flows,
    sockets: flows?.sockets,
    checks: () => checks?.(),
  };
}

function spanOf(
  { from: first, to: last = 'now' }: Pick<BundleAsking, 'from' | 'to'>,
  timeline: Timeline,
  nowMs: number,
): { readonly span: Span; readonly missing: readonly string[] } {
  const kept = timeline.range();
  const [asked, end] = [momentIn(first, timeline, nowMs), Math.min(nowMs, momentIn(last, timeline, nowMs))];
  if (asked > end) throw mistake('bundle.time', `${iso(asked)} is after ${iso(end)}`, 'the earlier time is from');
  if (end < kept.from)
    throw mistake(
      'query.time-not-kept',
      `nothing is kept between ${iso(asked)} and ${iso(end)}`,
      `what is kept begins at ${iso(kept.from)}`,
    );
  const missing = asked < kept.from ? [`what was before ${iso(kept.from)}: it is not kept any more, or never was`] : [];
  return { span: { from: Math.max(asked, kept.from), to: end }, missing };
}

function momentIn(said: string | number, timeline: Timeline, nowMs: number): number {
  const moment = typeof said === 'number' ? momentOfNumber(said) : parseMoment(said);
  if (moment === undefined) throw mistake('bundle.time', `${JSON.stringify(said)} is no moment`, momentHint);
  return resolveMoment(moment, nowMs, timeline);
}

function iso(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : 'the beginning';
}

/** What the query gives anywhere in the span; with it who owns it, and the edges between all of these. */
async function selectionOf(
  query: string,
  span: Span,
  { engine, timeline, flows }: BundleParts,
  signal: AbortSignal,
): Promise<Selection> {
  const prepared = engine.prepare(query);
  const view = await timeline.between(span);
  const context = { ...flows, timeline: shifted(timeline, view), nowMs: span.to };
  const world = { elapsed: () => performance.now(), turn, signal, limits: { timeMs: QUERY_MS } };
  const answer = await engine.run(prepared, { ...context, ...world });
  const chosen = new Set<string>();
  const elements = new Set<string>();
  const found = new Set<string>();
  switch (answer.kind) {
    case 'nodes':
      for (const { id } of answer.nodes) chosen.add(id);
      break;
    case 'paths':
      for (const { id } of answer.paths.flat()) chosen.add(id);
      break;
    case 'graph':
      for (const { id } of answer.nodes) chosen.add(id);
      for (const { id } of answer.edges) elements.add(id);
      break;
    case 'edges':
      for (const { id, parent, child } of answer.edges) {
        elements.add(id);
        chosen.add(parent).add(child);
      }
      break;
    case 'flows':
      for (const { UUID } of answer.flows) found.add(UUID);
      break;
    default:
      throw mistake(
        'bundle.query',
        `a bundle is of nodes, edges or flows; the query gives ${answer.kind}`,
        "such as G.V().Has('Type', 'veth')",
      );
  }
  const places = tidsOf(chosen, view);
  const seenAt = answer.kind === 'flows' ? nodesAt(new Set(answer.flows.map(({ NodeTID }) => NodeTID)), view) : [];
  for (const id of [...chosen, ...seenAt]) await addOwners(id, view, elements);
  for (const { id, parent, child } of view.edges()) if (elements.has(parent) && elements.has(child)) elements.add(id);
  return { elements, places, namespaces: chosen, flows: found };
}

function tidsOf(ids: ReadonlySet<string>, view: GraphView): ReadonlySet<string> {
  const tids = new Set<string>();
  for (const id of ids)
    for (const { metadata } of view.nodes(id)) if (typeof metadata.TID === 'string') tids.add(metadata.TID);
  return tids;
}

function nodesAt(tids: ReadonlySet<string>, view: GraphView): string[] {
  return Array.from(view.nodes())
    .filter(({ metadata }) => typeof metadata.TID === 'string' && tids.has(metadata.TID))
    .map(({ id }) => id);
}

/** The node and, step by step, what owns it: `into` has been there already. */
async function addOwners(id: string, view: GraphView, into: Set<string>): Promise<void> {
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (into.has(next)) continue;
    into.add(next);
    for (const node of view.nodes(next)) waiting.push(...ownersOf(node, view));
    await turn();
  }
}

function ownersOf(node: GraphNode, view: GraphView): string[] {
  return Array.from(view.in(node))
    .filter(({ metadata }) => metadata.RelationType === 'ownership')
    .map(({ parent }) => parent);
}
