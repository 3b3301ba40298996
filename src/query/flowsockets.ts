/**
 * The sockets at the two ends of flows, at the time of the flow: those that nodes of the time asked about tell of, and
 * those that are kept; through a translation of its addresses too.
 */
import { endsOf } from '../ends/conversation-ends.ts';
import type { Socket } from '../ends/socket.ts';
import type { Tuple } from '../ends/translation.ts';
import { conversationNumber, isConnected, isLoopback, numberOf, portNumber, protocolNumbers } from '../ends/tuple.ts';
import type { Flow } from '../flow/flow.ts';
import type { Metadata } from '../graph/element.ts';
import { awaited } from './awaited.ts';
import { Directory } from './directory.ts';
import { namespaceOf } from './namespace.ts';
import { type Asking, socketObject, socketsAt } from './sockets.ts';
import type { Items, SocketsOf } from './step.ts';

/** Flows whose sockets are asked for at once. */
const TOGETHER_MAX = 256;
/** A socket may be seen so much later than its first packet, and a last packet so much later than its end. */
const AROUND_MS = 10_000;

export function* socketsOfFlows(input: Items<Flow>, run: Asking): Generator<SocketsOf | undefined> {
  const told = new ToldSockets(run);
  const kept = new KeptSockets(run);
  let together: Flow[] = [];
  for (const flow of input) {
    if (flow === undefined || run.budget.spend()) yield undefined;
    if (flow?.Network === undefined || flow.Transport === undefined) continue;
    together.push(flow);
    if (together.length < TOGETHER_MAX) continue;
    yield* each(together, told, kept);
    together = [];
  }
  yield* each(together, told, kept);
}

function* each(flows: readonly Flow[], told: ToldSockets, kept: KeptSockets): Generator<SocketsOf | undefined> {
  const ofFlow = yield* kept.of(flows);
  for (const flow of flows) {
    const sockets = [...(yield* told.of(flow)), ...(ofFlow.get(flow) ?? [])];
    if (sockets.length > 0) yield { id: flow.UUID, sockets };
  }
}

/** Of the probe, by the conversation; where a flow is translated by both of its sides. */
class KeptSockets {
  readonly #run: Asking;
  readonly #directory: Directory;
  /** Namespaces that have an address, and namespace of a capture point. */
  readonly #having = new Map<string, ReadonlySet<string>>();
  readonly #places = new Map<string, string | undefined>();

  constructor(run: Asking) {
    this.#run = run;
    this.#directory = new Directory(run);
  }

  *of(flows: readonly Flow[]): Generator<undefined, ReadonlyMap<Flow, readonly Metadata[]>> {
    const found = new Map<Flow, readonly Metadata[]>();
    const { sockets } = this.#run;
    if (!sockets || flows.length === 0) return found;
    const conversations = flows.flatMap((flow) => sidesOf(flow));
    const time = {
      from: Math.min(...flows.map(({ Start }) => Start)) - AROUND_MS,
      to: Math.max(...flows.map(({ Last }) => Last)) + AROUND_MS,
    };
    const candidates = yield* awaited(sockets.find({ time, conversations }), this.#run);
    this.#run.budget.hold(candidates.length);
    if (candidates.length === 0) return found;
    const byNumber = Map.groupBy(candidates, numberOf);
    for (const flow of flows) {
      if (this.#run.budget.spend()) yield undefined;
      found.set(flow, yield* this.#at(flow, byNumber));
    }
    return found;
  }

  *#at(flow: Flow, byNumber: ReadonlyMap<number, readonly Socket[]>): Generator<undefined, readonly Metadata[]> {
    const [tuple, other] = sidesOf(flow);
    if (!tuple) return [];
    for (const side of [tuple, ...(other ? [other] : [])])
      for (const address of [side.source, side.destination]) yield* this.#learn(address);
    const where = {
      namespace: yield* this.#namespaceOf(flow.NodeTID),
      has: (namespace: string, address: string) => this.#having.get(address)?.has(namespace) ?? false,
    };
    const sidesFound = (side: Tuple) =>
      inTime(
        flow,
        numbersOf(side).flatMap((number) => byNumber.get(number) ?? []),
      );
    const here = endsOf(tuple, where, sidesFound, []);
    const there = other ? endsOf(other, where, sidesFound, []) : {};
    const ends = new Set([here.a ?? there.a, here.b ?? there.b]);
    return [...ends].filter((socket) => socket !== undefined).map(socketObject);
  }

  *#learn(address: string): Generator<undefined, void> {
    if (this.#having.has(address)) return;
    const { view } = this.#run;
    const nodes = yield* this.#directory.withAddress(address);
    this.#having.set(address, new Set(nodes.flatMap((node) => namespaceOf(node, view)?.id ?? [])));
  }

  *#namespaceOf(tid: string): Generator<undefined, string | undefined> {
    if (this.#places.has(tid)) return this.#places.get(tid);
    const [node] = yield* this.#directory.captureNodes(tid);
    const namespace = node && namespaceOf(node, this.#run.view)?.id;
    this.#places.set(tid, namespace);
    return namespace;
  }
}

/** Its own, and the one beyond its translation. */
function sidesOf({ Network, Transport, NAT }: Flow): readonly Tuple[] {
  const protocol = Transport?.Protocol === 'TCP' || Transport?.Protocol === 'UDP' ? Transport.Protocol : undefined;
  if (!Network || !Transport || !protocol) return [];
  const number = protocolNumbers[protocol];
  const side = (source: string, sourcePort: number, destination: string, destinationPort: number): Tuple => {
    return { protocol: number, source, sourcePort, destination, destinationPort };
  };
  const own = side(Network.A, Transport.A, Network.B, Transport.B);
  return NAT ? [own, side(NAT.A, NAT.APort, NAT.B, NAT.BPort)] : [own];
}

function numbersOf(side: Tuple): number[] {
  const { protocol, sourcePort, destinationPort } = side;
  return [conversationNumber(side), portNumber(protocol, sourcePort), portNumber(protocol, destinationPort)];
}

function inTime({ Start, Last }: Flow, sockets: readonly Socket[]): Socket[] {
  return sockets.filter((socket) => {
    const { openedAt, closedAt } = socket;
    // What waits for all does not end with a conversation.
    const aroundMs = isConnected(socket) ? AROUND_MS : 0;
    return openedAt <= Last + AROUND_MS && (closedAt === undefined || closedAt >= Start - aroundMs);
  });
}

interface Placed {
  readonly host: string;
  readonly socket: Metadata;
}

/** Of metadata, by protocol, own end and other end. */
class ToldSockets {
  readonly #run: Asking;
  readonly #directory: Directory;
  #all: Map<string, Placed[]> | undefined;

  constructor(run: Asking) {
    this.#run = run;
    this.#directory = new Directory(run);
  }

  *of({ Network, Transport, NodeTID }: Flow): Generator<undefined, readonly Metadata[]> {
    if (!Network || !Transport) return [];
    this.#all ??= yield* this.#everySocket();
    if (this.#all.size === 0) return [];
    const [a, b] = [endText(Network.A, Transport.A), endText(Network.B, Transport.B)];
    const found = [`${Transport.Protocol} ${a} ${b}`, `${Transport.Protocol} ${b} ${a}`].flatMap(
      (key) => this.#all?.get(key) ?? [],
    );
    // Each host has a loopback of its own.
    const isLocal = isLoopback(Network.A) || isLoopback(Network.B);
    const hosts = isLocal ? (yield* this.#directory.captureNodes(NodeTID)).map(({ host }) => host) : [];
    return found.filter(({ host }) => !isLocal || hosts.includes(host)).map(({ socket }) => socket);
  }

  *#everySocket(): Generator<undefined, Map<string, Placed[]>> {
    const { view, budget } = this.#run;
    const found = new Map<string, Placed[]>();
    for (const node of view.nodes()) {
      if (budget.spend()) yield undefined;
      for (const socket of socketsAt(node)) {
        if (budget.spend()) yield undefined;
        budget.hold(1);
        const { Protocol, LocalAddress, LocalPort, RemoteAddress, RemotePort } = socket;
        const key = `${Protocol} ${endText(LocalAddress, LocalPort)} ${endText(RemoteAddress, RemotePort)}`;
        const placed = found.get(key);
        if (placed === undefined) found.set(key, [{ host: node.host, socket }]);
        else placed.push({ host: node.host, socket });
      }
    }
    return found;
  }
}

/** A socket of both families has IPv4 addresses inside IPv6 ones (RFC 4291, 2.5.5.2). */
function endText(address: unknown, port: unknown): string {
  return `${String(address).replace(/^::ffff:(?=\d+\.)/, '')} ${port}`;
}
