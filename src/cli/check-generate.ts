/** `skein check generate`: a suite of what is connected now. All of it is asked of the model, which sends nothing. */
import { stringify } from 'yaml';
import type { PathReply, PathRequest } from '../contract/path.ts';
import { parseAddress } from '../std/address.ts';
import { parseDuration } from '../std/duration.ts';
import { ask, parsed } from './ask.ts';
import type { Session } from './command.ts';
import { Failure, usageFailure } from './failure.ts';
import { request } from './http.ts';
import { nameOf } from './render/element.ts';
import { type ServerOptions, serverOf } from './server.ts';

export interface Wanted {
  readonly from?: string;
  readonly for?: string;
  readonly name?: string;
}

/** Of more namespaces the table would be of no use to anybody; those that are left out are said. */
const NAMESPACES_MAX = 16;
const CONVERSATIONS_MAX = 200;

interface Conversation {
  readonly from: string;
  readonly to: string;
  readonly proto: 'tcp' | 'udp';
  readonly port: number;
}

export async function generatedSuite(session: Session, wanted: Wanted, options: ServerOptions): Promise<string> {
  const { from, for: length = '10m', name = 'generated' } = wanted;
  if (parseDuration(length) === undefined) throw usageFailure(`"${length}" is no duration`, 'like 10m or 1h');
  const quiet = { ...options, quiet: true };
  const reaches = reachability(session, options);
  const spaces = await namespacesOf(session, quiet);
  const rows = from === undefined ? spaces : [from];
  const table = spaces.length > 1 || from !== undefined ? await tableOf(rows, spaces, reaches) : undefined;
  const seen = [...(await socketsOf(session, quiet)), ...(await flowsOf(session, quiet, length))];
  const told = distinct(seen.filter((one) => from === undefined || one.from === from));
  const conversations: Conversation[] = [];
  for (const one of told.slice(0, CONVERSATIONS_MAX))
    if ((await reaches({ from: one.from, to: one.to, protocol: one.proto, port: one.port })) === 'yes')
      conversations.push(one);
  const checks = [...(table ? [matrixCheck(table)] : []), ...conversations.map(reachCheck)];
  if (checks.length === 0)
    throw new Failure(
      1,
      from === undefined ? 'nothing is connected that is known' : `nothing is known that ${from} is connected with`,
      from === undefined
        ? 'skein get netns, skein flows and skein get sockets show what is'
        : 'skein get nodes lists what there is; ends are named as for skein path, like netns:blue',
    );
  if (told.length > CONVERSATIONS_MAX && options.quiet !== true)
    session.io.err.write(`skein: ${told.length - CONVERSATIONS_MAX} more conversations are left out\n`);
  const suite = { apiVersion: 'checks/v1', kind: 'CheckSuite', metadata: { name }, checks };
  return `# Made by skein check generate; method: connect opens a connection instead of asking the model.\n${stringify(suite, { lineWidth: 0 })}`;
}

type Reaches = (question: PathRequest) => Promise<'yes' | 'no' | 'unknown'>;

/** What cannot be asked about is unknown. */
function reachability(session: Session, options: ServerOptions): Reaches {
  const answers = new Map<string, Promise<'yes' | 'no' | 'unknown'>>();
  const asked = async (body: PathRequest) => {
    const server = await serverOf(options, session.io);
    try {
      const answer = await request(server, { method: 'POST', path: '/api/path', body, signal: session.io.interrupted });
      return (parsed(answer.text, server.url) as PathReply).there.reaches;
    } catch (error) {
      // Of ends that are not there, or several: 400.
      if (error instanceof Failure && error.exitCode === 2) return 'unknown';
      throw error;
    }
  };
  return (question) => {
    const key = JSON.stringify(question);
    const answer = answers.get(key) ?? asked(question);
    answers.set(key, answer);
    return answer;
  };
}

/** Names that stand for one namespace alone, and can stand in a table. */
async function namespacesOf(session: Session, options: ServerOptions): Promise<string[]> {
  const reply = await ask(session, options, { query: "G.V().Has('Type', 'netns')" });
  const names = reply.kind === 'nodes' ? reply.nodes.map(nameOf) : [];
  const single = names.filter((name, index) => names.indexOf(name) === index && names.lastIndexOf(name) === index);
  const fitting = single.filter((name) => /^[\w.-]{1,80}$/.test(name)).sort();
  if (fitting.length > NAMESPACES_MAX && options.quiet !== true)
    session.io.err.write(`skein: ${fitting.length - NAMESPACES_MAX} namespaces are left out of the table\n`);
  return fitting.slice(0, NAMESPACES_MAX).map((name) => `netns:${name}`);
}

interface FoundTable {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[];
}

async function tableOf(
  rows: readonly string[],
  columns: readonly string[],
  reaches: Reaches,
): Promise<FoundTable | undefined> {
  const others = columns.filter((column) => rows.some((row) => row !== column));
  if (others.length === 0 || rows.some((row) => /\s/.test(row))) return undefined;
  const marks = { yes: '+', no: '-', unknown: '.' } as const;
  const found: { name: string; cells: string[] }[] = [];
  for (const name of rows) {
    const cells: string[] = [];
    for (const to of others) cells.push(name === to ? '.' : marks[await reaches({ from: name, to, protocol: 'icmp' })]);
    found.push({ name, cells });
  }
  return found.some(({ cells }) => cells.some((cell) => cell !== '.')) ? { columns: others, rows: found } : undefined;
}

function matrixCheck({ columns, rows }: FoundTable) {
  const lines = [['from/to', ...columns], ...rows.map(({ name, cells }) => [name, ...cells])];
  const first = Math.max(...lines.map(([name = '']) => name.length));
  const draw = ([name = '', ...cells]: readonly string[]) =>
    [name.padEnd(first), ...cells.map((cell, index) => cell.padEnd(columns[index]?.length ?? 1))].join('  ').trimEnd();
  return {
    id: 'reachability',
    name: 'who reaches whom',
    tags: ['generated'],
    matrix: { proto: 'icmp', method: 'model', table: `${lines.map(draw).join('\n')}\n` },
  };
}

function reachCheck({ from, to, proto, port }: Conversation) {
  const end = (text: string) => text.replace(/^netns:/, '');
  return {
    id: `${end(from)}-to-${end(to)}-${proto}-${port}`.replaceAll(/[^\w.:/-]+/g, '_').slice(0, 100),
    name: `${end(from)} reaches ${end(to)}, ${proto} ${port}`,
    tags: ['generated'],
    reach: { from, to, proto, port, method: 'model' },
  };
}

/** Connections that are open, by the namespace they begin in. */
async function socketsOf(session: Session, options: ServerOptions): Promise<Conversation[]> {
  const nodes = await ask(session, options, { query: "G.V().Has('Type', Within('netns', 'host'))" });
  if (nodes.kind !== 'nodes') return [];
  const reply = await ask(session, options, { query: "G.V().Has('Type', Within('netns', 'host')).Sockets()" });
  if (reply.kind !== 'sockets') return [];
  const nameById = new Map(
    nodes.nodes.map((node) => [
      node.ID,
      node.Metadata.Type === 'host' ? `host:${nameOf(node)}` : `netns:${nameOf(node)}`,
    ]),
  );
  const found: Conversation[] = [];
  for (const [id, sockets] of Object.entries(reply.sockets)) {
    const from = nameById.get(id);
    if (from === undefined) continue;
    const listening = new Set(sockets.filter(({ State }) => State === 'LISTEN').map(({ LocalPort }) => LocalPort));
    for (const { State, LocalPort, RemoteAddress, RemotePort, Protocol } of sockets) {
      // The other side began those that came to a port that listens here.
      if (State !== 'ESTABLISHED' || listening.has(LocalPort ?? null)) continue;
      const one = conversation(from, RemoteAddress, RemotePort, Protocol);
      if (one) found.push(one);
    }
  }
  return found;
}

async function flowsOf(session: Session, options: ServerOptions, length: string): Promise<Conversation[]> {
  try {
    const reply = await ask(session, options, { query: `G.Between('-${length}', NOW).Flows()` });
    if (reply.kind !== 'flows') return [];
    return reply.flows.flatMap(({ Network, Transport }) => {
      if (!Network || !Transport || parseAddress(Network.A) === undefined) return [];
      return conversation(Network.A, Network.B, Transport.B, Transport.Protocol) ?? [];
    });
  } catch (error) {
    // Nothing of the past is kept: what is open now is known all the same.
    if (error instanceof Failure && error.exitCode !== 130) return [];
    throw error;
  }
}

function conversation(from: string, to: unknown, port: unknown, protocol: unknown): Conversation | undefined {
  const proto = String(protocol).toLowerCase();
  if (proto !== 'tcp' && proto !== 'udp') return undefined;
  if (typeof to !== 'string' || parseAddress(to) === undefined || isLocal(to)) return undefined;
  if (typeof port !== 'number' || port < 1 || port > 65_535) return undefined;
  return { from, to, proto, port };
}

/** Of this machine's own talk with itself, and of groups, nothing is to be learned. */
function isLocal(address: string): boolean {
  return /^(127\.|::1$|0\.0\.0\.0$|::$|fe80:|ff|22[4-9]\.|23\d\.|255\.)/i.test(address);
}

/** Each once, in an order that does not depend on when it was seen. */
function distinct(conversations: readonly Conversation[]): Conversation[] {
  const byKey = new Map(
    conversations.map((one) => [`${one.from} ${one.to} ${one.proto} ${String(one.port).padStart(5, '0')}`, one]),
  );
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
