import type { Flow } from '../../flow/flow.ts';
import type { GraphNode, Metadata } from '../../graph/element.ts';
import { nothing } from '../arguments.ts';
import { Directory } from '../directory.ts';
import { socketsAt } from '../sockets.ts';
import { defineStep, type Items, type Run, type SocketsOf } from '../step.ts';

export const sockets = defineStep({
  name: 'Sockets',
  dialect: ['skydive'],
  doc: 'The sockets of each node, or those at the two ends of each flow (TCP and UDP), with their processes.',
  args: nothing,
  example: {
    on: `host:h1 {"Sockets":[{"Protocol":"TCP","LocalAddress":"10.0.0.2","LocalPort":80,"RemoteAddress":"10.0.0.1","RemotePort":40000,"Name":"nginx"}]}
      10.0.0.1:40000 -TCP-> 10.0.0.2:80 @eth0`,
    query: "G.Flows().Has('Transport.B', 80).Sockets().Values('Name')",
    gives: ['"nginx"'],
  },
  gives: { nodes: 'sockets', flows: 'sockets' },
  flowFields: () => ['Network', 'Transport'],
  stream: (_args, takes) => (input: Items<GraphNode | Flow>, run) =>
    takes === 'flows' ? ofFlows(input as Items<Flow>, run) : ofNodes(input as Items<GraphNode>),
});

function* ofNodes(input: Items<GraphNode>): Generator<SocketsOf | undefined> {
  for (const node of input) {
    const sockets = node === undefined ? [] : socketsAt(node);
    if (node === undefined) yield undefined;
    else if (sockets.length > 0) yield { id: node.id, sockets };
  }
}

interface Placed {
  readonly host: string;
  readonly socket: Metadata;
}

function* ofFlows(input: Items<Flow>, run: Run): Generator<SocketsOf | undefined> {
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
function* everySocket({ view, budget }: Run): Generator<undefined, Map<string, Placed[]>> {
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
