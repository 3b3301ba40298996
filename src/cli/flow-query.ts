/** The one query that `skein flows` asks. */
import type { WireCapture } from '../contract/capture.ts';
import { ask } from './ask.ts';
import { captureNamed, listCaptures } from './captures.ts';
import type { Session } from './command.ts';
import { exitCodes, Failure, usageFailure } from './failure.ts';
import { type FlowFilter, filterSteps } from './flow-filter.ts';
import { quoted } from './gremlin.ts';
import { nodesNamed } from './node-named.ts';
import { valueAt } from './render/element.ts';
import type { ServerOptions } from './server.ts';
import { graphAt, queryAt, type TimeOptions } from './time-options.ts';

export interface FlowQueryOptions extends ServerOptions, TimeOptions {
  readonly gremlin?: string;
  readonly node?: readonly string[];
  readonly host?: readonly string[];
  readonly capture?: readonly string[];
}

/** Without an order or a number. */
export async function flowQuery(
  session: Session,
  options: FlowQueryOptions,
  filters: readonly FlowFilter[],
): Promise<string> {
  const now = session.io.now();
  const { gremlin, host = [] } = options;
  const asked = await Promise.all(filters.map((filter) => withContainerIds(session, options, filter)));
  const steps = (await placeSteps(session, options)) + filterSteps(asked.flat());
  if (gremlin !== undefined) {
    if (host.length > 0) throw usageFailure('--gremlin says itself where', 'leave --host away');
    return queryAt(gremlin.trim(), options, now) + steps;
  }
  const on = host.length === 0 ? '' : `.V().Has('@Host', ${anyOf(host)})`;
  return `${graphAt(options, now)}${on}.Flows()${steps}`;
}

async function placeSteps(session: Session, options: FlowQueryOptions): Promise<string> {
  const { node = [], capture = [] } = options;
  const tids: string[] = [];
  for (const name of node) {
    const found = await nodesNamed(session, options, graphAt(options, session.io.now()), name);
    if (found.length === 0)
      throw new Failure(exitCodes.empty, `no node is called "${name}"`, 'skein get nodes lists what there is');
    for (const { Metadata } of found) if (typeof Metadata.TID === 'string') tids.push(Metadata.TID);
  }
  const ofNodes = node.length === 0 ? '' : `.Has('NodeTID', ${anyOf(tids)})`;
  if (capture.length === 0) return ofNodes;
  const captures = await listCaptures(session, options);
  return `${ofNodes}.Has('CaptureID', ${anyOf(capture.map((word) => idOf(captures, word)))})`;
}

/** Flows know containers by their ids alone; several may have had the name. */
async function withContainerIds(
  session: Session,
  options: FlowQueryOptions,
  filter: FlowFilter,
): Promise<FlowFilter[]> {
  if (filter.name !== 'container') return [filter];
  const named = `${graphAt(options, session.io.now())}.V().Has('Type', 'container', 'Name', ${quoted(filter.value)})`;
  const reply = await ask(session, { ...options, quiet: true }, { query: named });
  const ids = reply.kind === 'nodes' ? reply.nodes.map((node) => valueAt(node, 'Container.ID')) : [];
  const values = [...new Set(ids.filter((id) => typeof id === 'string'))];
  return values.length === 0 ? [filter] : values.map((value) => ({ ...filter, value }));
}

/** A capture of the past is not listed any more, but its flows are kept: a whole id is taken as it is. */
function idOf(captures: readonly WireCapture[], word: string): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word) ? word : captureNamed(captures, word).UUID;
}

function anyOf(values: readonly string[]): string {
  const literals = [...new Set(values)].map(quoted);
  return literals.length === 1 ? (literals[0] ?? "''") : `Within(${literals.join(', ')})`;
}
