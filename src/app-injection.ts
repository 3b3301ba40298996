/** The composition root's part about packets of our own: found in the graph here, sent on the host of their source. */
import { randomBytes, randomUUID } from 'node:crypto';
import { processPlaces } from './api/process-places.ts';
import { turn } from './api/write.ts';
import { askingOne } from './app-asking.ts';
import type { RunningDials } from './app-dial.ts';
import type { RunningEnds } from './app-ends.ts';
import { type FlowParts, nodesFound } from './app-flows.ts';
import { queryLimits } from './app-limits.ts';
import type { Config } from './config/options.ts';
import type { Graph } from './graph/graph.ts';
import type { GraphView } from './graph/view.ts';
import { InjectionBook } from './injection/book.ts';
import type { MeetBound } from './injection/bounds.ts';
import { HostInjections } from './injection/host/host.ts';
import type { InjectionAsked } from './injection/injection.ts';
import { defaultInjectionLimits } from './injection/limits.ts';
import type { Order, Progress } from './injection/order.ts';
import { blank } from './injection/plan/checked.ts';
import type { Plan } from './injection/plan/plan.ts';
import { openDoor, openInjectionDoor, openPacketDoor } from './native/index.ts';
import type { Namespaces, ProbeHost } from './probes/probe.ts';
import { Budget, defaultLimits } from './query/limits.ts';
import type { Fleet, ReplyPart } from './relay/fleet/fleet.ts';
import { systemClock } from './std/clock.ts';
import { mistake } from './std/mistake.ts';

export interface HostInjectionParts {
  readonly config: Config;
  readonly host: ProbeHost;
  readonly graph: Graph;
  readonly namespaces: Namespaces;
  readonly apply: FlowParts['apply'];
}

/** What sends on this host: of `skein up`, and of an agent. */
export function startHostInjections({ config, host, graph, namespaces, apply }: HostInjectionParts): HostInjections {
  return new HostInjections({
    door: openInjectionDoor(),
    packets: openPacketDoor(),
    netlink: openDoor(),
    clock: systemClock,
    elapsed: () => performance.now(),
    rate: config.injection.rate,
    view: () => graph.now(),
    apply,
    namespaces: () => namespaces.list(),
    ownNode: host.id,
    subscribe: (saw) => graph.subscribe(saw),
  });
}

/** What an agent does when its analyzer asks for it. */
export function injectAnswers(
  injections: HostInjections,
  noted: (order: Order) => void,
): Record<'inject' | 'inject-forget', (body: unknown, signal: AbortSignal) => AsyncIterable<ReplyPart>> {
  return {
    async *inject(body, signal) {
      const order = body as Order;
      noted(order);
      for await (const progress of injections.run(order, signal)) yield { body: progress };
    },
    async *'inject-forget'(body) {
      injections.forget((body as { readonly uuids: readonly string[] }).uuids);
      yield { body: null };
    },
  };
}

export interface InjectionParts {
  readonly config: Config;
  readonly graph: Pick<Graph, 'now'>;
  readonly timeline: FlowParts['timeline'];
  readonly engine: FlowParts['engine'];
  readonly ends: Pick<RunningEnds, 'view'>;
  readonly where: Sends;
  readonly dials: Pick<RunningDials, 'dropsOn'>;
}

/** Who sends: this host (its elements have this origin), or agents. */
export type Sends =
  | { readonly kind: 'here'; readonly host: HostInjections; readonly origin: string }
  | { readonly kind: 'fleet'; readonly fleet: Fleet };

export function startInjections(parts: InjectionParts): InjectionBook {
  const { config, where } = parts;
  return new InjectionBook({
    plan: (asked, uuid, met) => planned(asked, { uuid, met }, parts),
    run: (origin, order, signal) =>
      where.kind === 'here' ? here(where, origin, order, signal) : there(where, origin, order, signal),
    async losses(probing, packet, met) {
      const { injectionLosses } = await import('./app-drops.ts');
      const agents = () => (where.kind === 'fleet' ? where.fleet.connected().length : 0);
      return injectionLosses(parts.dials, () => parts.graph.now(), agents)(probing, packet, met);
    },
    forget(origin, uuid) {
      if (where.kind === 'here') where.host.forget([uuid]);
      else void forgotten(where.fleet, origin, uuid);
    },
    clock: systemClock,
    newId: randomUUID,
    limits: { ...defaultInjectionLimits, running: config.injection.max, pcapBytes: config.injection.pcapSize },
  });
}

function here({ host, origin }: Sends & { kind: 'here' }, its: string, order: Order, signal: AbortSignal) {
  if (its === origin) return host.run(order, signal);
  throw mistake('injection.elsewhere', `${order.interfaceName} is no interface of this host`, 'an agent on its host');
}

async function* there(
  { fleet }: Sends & { kind: 'fleet' },
  origin: string,
  order: Order,
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  for await (const { body } of askingOne(fleet, origin, 'inject', order, signal)) yield body as Progress;
}

/** An agent that is away has forgotten already: it stops what its analyzer does not read. */
async function forgotten(fleet: Fleet, origin: string, uuid: string): Promise<void> {
  try {
    for await (const _ of askingOne(fleet, origin, 'inject-forget', { uuids: [uuid] })) break;
  } catch {
    // It says no more of it, too.
  }
}

/** Nodes that are looked at. */
const ITEMS_MAX = 20_000_000;

async function planned(
  asked: InjectionAsked,
  { uuid, met }: { readonly uuid: string; readonly met: MeetBound },
  parts: InjectionParts,
): Promise<Plan> {
  const { config, ends, graph } = parts;
  const from = await endOf(asked.From, asked.Src, 'Not able to find a source node', parts);
  const to = await endOf(
    asked.To,
    asked.Dst,
    'Not able to find a dest node and dest IP also empty',
    parts,
    asked.DstIP,
  );
  if (from === undefined) throw mistake('injection.source', 'Not able to find a source node');
  // Most hosts send nothing of their own: what decides is loaded with the first.
  const { planOf } = await import('./injection/plan/plan.ts');
  const places = await processPlaces(ends.view, [from, to ?? ''], undefined);
  const view: GraphView = graph.now();
  const budget = new Budget(
    { ...defaultLimits, ...queryLimits(config), items: ITEMS_MAX },
    () => performance.now(),
    undefined,
  );
  const planParts = { view, budget, places, random: Math.random, bytes: randomBytes, uuid, met };
  const planning = planOf(asked, { from, to }, planParts);
  for (let step = planning.next(); ; step = planning.next()) {
    if (step.done === true) return told(step.value, met);
    view.freeze();
    await turn();
    budget.resume();
  }
}

/** Of a trace, what its frames tell is read from them; one that cannot be sent is refused here. */
async function told(plan: Plan, met: MeetBound): Promise<Plan> {
  const { what } = plan.order;
  if (what.kind !== 'trace') return plan;
  const { traceTracking } = await import('./injection/trace/tracking.ts');
  return { ...plan, trackingIds: await traceTracking(openPacketDoor(), what.pcap, met) };
}

/** As a path names it: a query stands for the first node that it gives. */
async function endOf(
  named: string | undefined,
  query: string | undefined,
  nothing: string,
  parts: InjectionParts,
  address?: string,
): Promise<string | undefined> {
  const text = [named, query].find((one) => !blank(one))?.trim();
  if (text === undefined) return undefined;
  if (!/^[Gg]\s*\./.test(text)) return text;
  const [first] = await nodesFound(parts, text);
  if (first) return first.id;
  // What is sent to an address needs no node.
  if (!blank(address)) return undefined;
  throw mistake('injection.nobody', `${nothing}: ${text} finds none`, 'skein query tells what it finds');
}
