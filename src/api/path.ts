/** `/api/path`: the way of a packet, now or then. */

import { schemaVersion } from '../contract/element.ts';
import type { PathHop, PathNode, PathReply, PathRequest, PathTravel } from '../contract/path.ts';
import type { SocketView } from '../ends/socket-view.ts';
import type { GraphNode } from '../graph/element.ts';
import type { GraphView, Timeline } from '../graph/view.ts';
import { Atlas } from '../query/forwarding/atlas.ts';
import type { EndPoint } from '../query/forwarding/ends.ts';
import type { Hop } from '../query/forwarding/hop.ts';
import { forwardingPath, type Travel } from '../query/forwarding/path.ts';
import { placeOf } from '../query/forwarding/place.ts';
import { Budget, defaultLimits, type Limits } from '../query/limits.ts';
import { momentHint, momentOfNumber, parseMoment, resolveMoment } from '../query/times.ts';
import { mistake } from '../std/mistake.ts';
import type { ApiParts } from './parts.ts';
import { processPlaces } from './process-places.ts';
import type { Queries } from './queries.ts';
import { turn } from './write.ts';

export interface PathParts {
  readonly timeline: Timeline;
  readonly clock: ApiParts['clock'];
  readonly queries: Pick<Queries, 'ask' | 'timelineAt'>;
  readonly limits: { readonly queryMs: number };
  /** Absent: nobody looks at sockets. */
  readonly sockets?: SocketView | undefined;
}

/** Nodes, edges and rules that are looked at for one path. */
const ITEMS_MAX = 20_000_000;
/** Paths that are computed at once. */
const RUNNING_MAX = 8;

export class Paths {
  readonly #parts: PathParts;
  #running = 0;

  constructor(parts: PathParts) {
    this.#parts = parts;
  }

  /** Rejects with a Mistake that says what would do. */
  async find(asked: PathRequest, signal?: AbortSignal): Promise<PathReply> {
    if (this.#running >= RUNNING_MAX)
      throw mistake('query.busy', `${this.#running} paths are being looked for already`, 'try again in a moment');
    this.#running++;
    try {
      return await this.#find(asked, signal);
    } finally {
      this.#running--;
    }
  }

  async #find(asked: PathRequest, signal: AbortSignal | undefined): Promise<PathReply> {
    const { timeline, clock, limits } = this.#parts;
    const time = this.#timeOf(asked.at);
    const view = time === undefined ? timeline.now() : await timeline.at(time);
    const start = clock.elapsed();
    const bounds: Limits = { ...defaultLimits, items: ITEMS_MAX, timeMs: limits.queryMs };
    const budget = new Budget(bounds, () => clock.elapsed(), signal);
    const [from, to] = [await this.#end(asked.from, time, signal), await this.#end(asked.to, time, signal)];
    const protocol = asked.protocol === undefined ? undefined : { icmp: 1, tcp: 6, udp: 17 }[asked.protocol];
    const { fromAddress, port, sourcePort, both } = asked;
    const walk = forwardingPath(
      {
        from,
        to,
        fromAddress,
        protocol,
        port,
        sourcePort,
        isBoth: both,
        places: await processPlaces(this.#parts.sockets, [from, to], time),
      },
      view,
      budget,
    );
    for (let step = walk.next(); ; step = walk.next()) {
      if (step.done === true) {
        const { from: begun, to: meant, packet, there, back } = step.value;
        const node = nodeShower(view);
        return {
          schema: schemaVersion,
          kind: 'path',
          time: time ?? null,
          from: endShown({ ...begun, text: asked.from }, node),
          to: endShown({ ...meant, text: asked.to }, node),
          packet: {
            source: packet.source,
            destination: packet.destination,
            ...(packet.protocol !== undefined && { protocol: packet.protocol }),
            ...(packet.sourcePort !== undefined && { sourcePort: packet.sourcePort }),
            ...(packet.destinationPort !== undefined && { destinationPort: packet.destinationPort }),
          },
          there: travelShown(there, node),
          ...(back && { back: travelShown(back, node) }),
          tookMs: clock.elapsed() - start,
        };
      }
      view.freeze();
      await turn();
      budget.resume();
    }
  }

  /** Undefined is now. */
  #timeOf(at: PathRequest['at']): number | undefined {
    if (at === undefined) return undefined;
    const moment = typeof at === 'number' ? momentOfNumber(at) : parseMoment(at);
    if (moment === undefined) throw mistake('query.time', `"${at}" is no time`, momentHint);
    return moment.kind === 'now' ? undefined : resolveMoment(moment, this.#parts.clock.now(), this.#parts.timeline);
  }

  /** A query stands for the one node that it gives. */
  async #end(text: string, time: number | undefined, signal: AbortSignal | undefined): Promise<string> {
    if (!/^\s*[Gg]\s*\./.test(text)) return text.trim();
    const { queries } = this.#parts;
    const timeline = time === undefined ? undefined : await queries.timelineAt(time);
    const answer = await queries.ask(text, { ...(signal && { signal }), ...(timeline && { timeline }) });
    const nodes = answer.kind === 'nodes' ? answer.nodes : [];
    const [node, another] = nodes;
    if (node !== undefined && another === undefined) return node.id;
    const many = answer.kind === 'nodes' ? `${nodes.length} nodes` : answer.kind;
    throw mistake('path.query', `the query gives ${many}, and an end is one node`, 'narrow it, or add .Limit(1)');
  }
}

type NodeShower = (node: GraphNode) => PathNode;

function nodeShower(view: GraphView): NodeShower {
  const atlas = new Atlas(view, new Budget(defaultLimits, () => 0, undefined));
  return (node) => placeOf(node, atlas);
}

function endShown({ text, node }: EndPoint, shown: NodeShower): PathReply['from'] {
  return { text, ...(node && { node: shown(node) }) };
}

function travelShown({ reaches, code, reason, at, mtu, assumed, hops }: Travel, shown: NodeShower): PathTravel {
  return {
    reaches,
    ...(code !== undefined && { code }),
    ...(reason !== undefined && { reason }),
    ...(at && { stopsAt: shown(at) }),
    ...(mtu !== undefined && { mtu }),
    assumed: [...assumed],
    hops: hops.map((hop) => hopShown(hop, shown)),
  };
}

function hopShown({ depth, node, how, mtu, issues }: Hop, shown: NodeShower): PathHop {
  return { depth, node: shown(node), how: { ...how }, ...(mtu !== undefined && { mtu }), issues: [...issues] };
}
