/** `skein get sockets`: what processes have open in each namespace, a row each. */
import type { WireNode } from '../contract/element.ts';
import type { QueryReply } from '../contract/query.ts';
import { ask } from './ask.ts';
import type { Session } from './command.ts';
import { patternOf, quoted } from './gremlin.ts';
import { drawTime } from './moment.ts';
import { nodeNamed } from './node-named.ts';
import type { PrintOptions } from './print.ts';
import { nameOf, typeOf, valueAt } from './render/element.ts';
import { drawNanoseconds } from './render/flows.ts';
import { shortId } from './render/layers.ts';
import type { Row } from './things.ts';
import { graphAt, type TimeOptions } from './time-options.ts';

export interface SocketOptions {
  readonly node?: string;
  readonly listening?: boolean;
  readonly process?: string;
  readonly host?: string;
}

type Options = SocketOptions & PrintOptions & TimeOptions;

const NAMESPACES = ".HasEither('Type', 'host', 'Type', 'netns')";

export async function socketRows(session: Session, options: Options): Promise<Row[]> {
  const graph = graphAt(options, session.io.now());
  const quiet = { ...options, quiet: true };
  const onHost = options.host === undefined ? '' : `.Has('@Host', ${quoted(options.host)})`;
  const node = options.node === undefined ? undefined : await nodeNamed(session, options, graph, options.node);
  const steps = node === undefined ? `.V()${NAMESPACES}${onHost}` : `.V(${quoted(node.ID)})${onHost}`;
  const [reply, namespaces, containers] = await Promise.all([
    ask(session, options, { query: `${graph}${steps}.Sockets()${conditionsOf(options)}` }),
    ask(session, quiet, { query: `${graph}.V()${NAMESPACES}` }),
    ask(session, quiet, { query: `${graph}.V().Has('Type', 'container')` }),
  ]);
  const nodes = [namespaces, containers].flatMap((answer) => (answer.kind === 'nodes' ? answer.nodes : []));
  return rowsOf(reply, nodes, { utc: options.utc === true });
}

/** Of a namespace those that wait for others; of anything else none. */
export async function listenersOf(session: Session, options: Options, graph: string, node: WireNode): Promise<Row[]> {
  if (!['host', 'netns'].includes(typeOf(node))) return [];
  const query = `${graph}.V(${quoted(node.ID)}).Sockets()${conditionsOf({ listening: true })}`;
  return rowsOf(await ask(session, options, { query }), [node], { utc: options.utc === true });
}

/** Who waits has no other end: UDP has no other word for it. */
function conditionsOf({ listening, process }: SocketOptions): string {
  const waiting = listening ? ".Has('RemotePort', 0)" : '';
  if (process === undefined) return waiting;
  const is = /[*?]/.test(process) ? `Regex(${quoted(`(?i)${patternOf(process)}`)})` : quoted(process);
  return `${waiting}.Has('Name', ${is})`;
}

/** `nodes`: namespaces, and containers where their names are to be told. */
function rowsOf(reply: QueryReply, nodes: readonly WireNode[], clock: { readonly utc: boolean }): Row[] {
  if (reply.kind !== 'sockets') return [];
  const byId = new Map(nodes.map((node) => [node.ID, node]));
  const containers = nodes.filter((node) => typeOf(node) === 'container');
  const called = new Map(containers.map((node) => [valueAt(node, 'Container.ID'), nameOf(node)]));
  return Object.entries(reply.sockets)
    .flatMap(([id, sockets]) =>
      sockets.map((socket) =>
        rowOf(socket, byId.get(String(socket.Node ?? id)), called.get(socket.ContainerID), clock),
      ),
    )
    .sort((a, b) => order(a, b));
}

function rowOf(
  socket: Row,
  node: WireNode | undefined,
  container: string | undefined,
  clock: { readonly utc: boolean },
): Row {
  const at = (time: unknown) => (typeof time === 'number' ? drawTime(time, clock) : undefined);
  return {
    NODE: node && nameOf(node),
    HOST: node?.Host,
    PROTO: socket.Protocol,
    STATE: socket.State,
    LOCAL: endText(socket.LocalAddress, socket.LocalPort),
    REMOTE: socket.RemotePort === 0 ? undefined : endText(socket.RemoteAddress, socket.RemotePort),
    PROCESS: socket.Name === '' ? undefined : socket.Name,
    PID: socket.Pid === 0 ? undefined : socket.Pid,
    USER: socket.User,
    CONTAINER: container ?? shortId(socket.ContainerID),
    CONTAINERID: socket.ContainerID,
    SENT: socket.SentBytes,
    RECEIVED: socket.ReceivedBytes,
    RTT: typeof socket.RTT === 'number' ? drawNanoseconds(socket.RTT) : undefined,
    OPENED: at(socket.OpenedAt),
    CLOSED: at(socket.ClosedAt),
    COMMAND: socket.Command,
  };
}

function endText(address: unknown, port: unknown): string {
  return String(address).includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Those that wait first, then by place, protocol and end. */
function order(a: Row, b: Row): number {
  const key = ({ REMOTE, NODE, PROTO, LOCAL }: Row) => [REMOTE === undefined ? 0 : 1, NODE, PROTO, LOCAL].join(' ');
  const [x, y] = [key(a), key(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}
