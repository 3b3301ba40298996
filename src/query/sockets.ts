/**
 * Sockets as a query gives them: objects in Skydive's shape, and what we know beside. Those of a node are the ones that it
 * tells of itself (`Sockets` of its metadata), and those that are kept of its namespace.
 */
import type { Socket } from '../ends/socket.ts';
import { isLoopback } from '../ends/tuple.ts';
import type { GraphNode, Metadata, Value } from '../graph/element.ts';
import { awaited } from './awaited.ts';
import type { Condition } from './condition.ts';
import { isList } from './key.ts';
import { isNamespace, namespaceOf } from './namespace.ts';
import { objectsIn } from './routing.ts';
import type { Items, SocketsOf, World } from './step.ts';

export type Asking = Pick<World, 'view' | 'time' | 'sockets' | 'budget' | 'wait'>;

/** Those that the node tells of. */
export function socketsAt({ metadata }: GraphNode): readonly Metadata[] {
  return objectsIn(metadata.Sockets);
}

/** For each node its sockets, those that meet the conditions. Each namespace is looked at once. */
export class NodeSockets {
  readonly #run: Asking;
  readonly #conditions: readonly Condition[];
  readonly #byNamespace = new Map<string, readonly Socket[]>();
  /** In a span a node comes with each of its versions; its sockets are those of all of them. */
  readonly #done = new Set<string>();

  constructor(run: Asking, conditions: readonly Condition[] = []) {
    this.#run = run;
    this.#conditions = conditions;
  }

  *of(node: GraphNode): Generator<undefined, readonly Metadata[]> {
    const conditions = this.#conditions;
    const told = socketsAt(node).filter((socket) => meets(socket, conditions));
    const belongs = this.#run.sockets && belongsTo(node);
    const namespace = belongs && namespaceOf(node, this.#run.view);
    if (!namespace || !belongs || this.#done.has(node.id)) return told;
    this.#done.add(node.id);
    // What is read of a socket itself comes first: most that are asked for state or port need not be made objects.
    const quick = conditions.flatMap(({ key, predicate }) => {
      const read = fields[key.text];
      return read ? [(socket: Socket) => predicate.test(read(socket))] : [];
    });
    const found: Metadata[] = [...told];
    for (const socket of yield* this.#within(namespace.id)) {
      if (this.#run.budget.spend()) yield undefined;
      if (!belongs(socket) || !quick.every((passes) => passes(socket))) continue;
      const object = socketObject(socket);
      if (meets(object, conditions)) found.push(object);
    }
    return found;
  }

  *#within(namespace: string): Generator<undefined, readonly Socket[]> {
    const known = this.#byNamespace.get(namespace);
    if (known) return known;
    const { sockets, time, budget } = this.#run;
    const found = yield* awaited(sockets?.find({ time, nodes: [namespace] }) ?? [], this.#run);
    budget.hold(found.length);
    this.#byNamespace.set(namespace, found);
    return found;
  }
}

/** Which sockets of its namespace are those of a node: all, of its container, at its addresses. Undefined: none ever. */
function belongsTo(node: GraphNode): ((socket: Socket) => boolean) | undefined {
  if (isNamespace(node)) return () => true;
  const { metadata } = node;
  const container = metadata.Type === 'container' ? containerIn(metadata) : undefined;
  if (container !== undefined) return ({ process }) => process?.container === container;
  if (metadata.IfIndex === undefined) return undefined;
  const addresses = new Set([...textsIn(metadata.IPV4), ...textsIn(metadata.IPV6)].map(withoutMask));
  const isLocal = [...addresses].some(isLoopback);
  return ({ localAddress }) =>
    localAddress === '0.0.0.0' ||
    localAddress === '::' ||
    addresses.has(localAddress) ||
    (isLocal && isLoopback(localAddress));
}

/** Ours is `Container.ID`; engines of others have places of their own: `Docker.ContainerID`, `Runc.ContainerID`. */
function containerIn(metadata: Metadata): string | undefined {
  const { Container, ...rest } = metadata;
  const places = [[Container, 'ID'] as const, ...Object.values(rest).map((value) => [value, 'ContainerID'] as const)];
  for (const [value, name] of places) {
    if (typeof value !== 'object' || value === null || isList(value)) continue;
    const id = (value as Metadata)[name];
    if (typeof id === 'string') return id;
  }
  return undefined;
}

function textsIn(value: Value | undefined): string[] {
  return (isList(value) ? value : [value]).filter((text) => typeof text === 'string');
}

function withoutMask(address: string): string {
  return address.replace(/\/.*$/, '');
}

function meets(socket: Metadata, conditions: readonly Condition[]): boolean {
  return conditions.every(({ key, predicate }) => predicate.test(key.find(socket)));
}

/** What `socketObject` says under these names. */
const fields: Readonly<Record<string, (socket: Socket) => Value>> = {
  Pid: ({ process }) => process?.pid ?? 0,
  Name: ({ process }) => process?.name ?? '',
  LocalAddress: ({ localAddress }) => localAddress,
  LocalPort: ({ localPort }) => localPort,
  RemoteAddress: ({ remoteAddress }) => remoteAddress,
  RemotePort: ({ remotePort }) => remotePort,
  Protocol: ({ protocol }) => protocol,
  State: ({ state }) => state,
};

/** Times are epoch ms, RTT is ns, as in flows. */
export function socketObject(socket: Socket): Metadata {
  const { process, traffic } = socket;
  return {
    Process: process?.path ?? process?.name ?? '',
    Pid: process?.pid ?? 0,
    Name: process?.name ?? '',
    LocalAddress: socket.localAddress,
    LocalPort: socket.localPort,
    RemoteAddress: socket.remoteAddress,
    RemotePort: socket.remotePort,
    Protocol: socket.protocol,
    State: socket.state,
    ...(process?.user !== undefined && { User: process.user }),
    ...(process?.command !== undefined && { Command: process.command }),
    ...(process?.container !== undefined && { ContainerID: process.container }),
    OpenedAt: socket.openedAt,
    ...(socket.closedAt !== undefined && { ClosedAt: socket.closedAt }),
    ...(traffic && { SentBytes: traffic.sentBytes, ReceivedBytes: traffic.receivedBytes }),
    ...(traffic?.rttUs !== undefined && { RTT: traffic.rttUs * 1_000 }),
    ...(traffic?.retransmits !== undefined && { Retransmits: traffic.retransmits }),
    Node: socket.node,
  };
}

/** Only those that pass; what has none left is left out. */
export function keepSockets(passes: (socket: Metadata) => boolean) {
  return function* (input: Items): Generator<SocketsOf | undefined> {
    for (const item of input as Items<SocketsOf>) {
      const sockets = item?.sockets.filter(passes) ?? [];
      if (item === undefined) yield undefined;
      else if (sockets.length > 0) yield { ...item, sockets };
    }
  };
}
