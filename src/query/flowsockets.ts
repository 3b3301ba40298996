/** The sockets at the two ends of flows, as the nodes of the time asked about tell of them. */
import type { Flow } from '../flow/flow.ts';
import type { Metadata } from '../graph/element.ts';
import { Directory } from './directory.ts';
import { socketsAt } from './sockets.ts';
import type { Items, SocketsOf, World } from './step.ts';

interface Placed {
  readonly host: string;
  readonly socket: Metadata;
}

type Looking = Pick<World, 'view' | 'budget'>;

export function* socketsOfFlows(input: Items<Flow>, run: Looking): Generator<SocketsOf | undefined> {
  const directory = new Directory(run);
  let all: Map<string, Placed[]> | undefined;
  for (const flow of input) {
    if (flow === undefined || run.budget.spend()) yield undefined;
    if (flow === undefined || flow.Network === undefined || flow.Transport === undefined) continue;
    all ??= yield* everySocket(run);
    const { Network, Transport } = flow;
    const [a, b] = [endText(Network.A, Transport.A), endText(Network.B, Transport.B)];
    const found = [`${Transport.Protocol} ${a} ${b}`, `${Transport.Protocol} ${b} ${a}`].flatMap(
      (key) => all?.get(key) ?? [],
    );
    // Each host has a loopback of its own.
    const isLocal = isLoopback(Network.A) || isLoopback(Network.B);
    const hosts = isLocal ? (yield* directory.captureNodes(flow.NodeTID)).map(({ host }) => host) : [];
    const sockets = found.filter(({ host }) => !isLocal || hosts.includes(host)).map(({ socket }) => socket);
    if (sockets.length > 0) yield { id: flow.UUID, sockets };
  }
}

/** By protocol, own end and other end. */
function* everySocket({ view, budget }: Looking): Generator<undefined, Map<string, Placed[]>> {
  const found = new Map<string, Placed[]>();
  for (const node of view.nodes())
    for (const socket of socketsAt(node)) {
      if (budget.spend()) yield undefined;
      budget.hold(1);
      const { Protocol, LocalAddress, LocalPort, RemoteAddress, RemotePort } = socket;
      const key = `${Protocol} ${endText(LocalAddress, LocalPort)} ${endText(RemoteAddress, RemotePort)}`;
      const placed = found.get(key);
      if (placed === undefined) found.set(key, [{ host: node.host, socket }]);
      else placed.push({ host: node.host, socket });
    }
  return found;
}

/** A socket of both families has IPv4 addresses inside IPv6 ones (RFC 4291, 2.5.5.2). */
function endText(address: unknown, port: unknown): string {
  return `${String(address).replace(/^::ffff:(?=\d+\.)/, '')} ${port}`;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
