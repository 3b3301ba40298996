/** The composition root's part about an analyzer's agents: how they come in, and what is asked of them. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ApiTail, ApiTails } from './api/capture-tail.ts';
import type { DatapathFlows } from './api/datapath-routes.ts';
import { refuseUpgrade } from './api/listening.ts';
import { agentOf } from './app-asking.ts';
import type { Security } from './app-security.ts';
import type { Config } from './config/options.ts';
import type { WireDatapathFlow } from './contract/datapath.ts';
import type { GraphNode } from './graph/element.ts';
import type { GraphView } from './graph/view.ts';
import type { Agents } from './relay/analyzer/agents.ts';
import { relayDoor } from './relay/analyzer/door.ts';
import type { Visitor } from './relay/analyzer/hello.ts';
import type { Fleet, FleetAgent } from './relay/fleet/fleet.ts';
import { mistake } from './std/mistake.ts';

/** A token that was revoked ends what it opened so soon. */
const TOKENS_MS = 10_000;
/** How soon it is seen that an agent has come. */
const COMINGS_MS = 250;

export interface Relay extends Disposable {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The door of agents: by their own tokens; on this machine without one, as long as the API is open to everyone on it. */
export function relayOf(
  config: Pick<Config, 'api'>,
  { authenticateAgent }: Pick<Security, 'authenticateAgent'>,
  agents: Pick<Agents, 'accept'>,
): Relay {
  const door = relayDoor({ agents });
  const open = new Map<Duplex, () => boolean>();
  const looking = setInterval(() => {
    for (const [socket, isStillGood] of open) if (!isStillGood()) socket.destroy();
  }, TOKENS_MS).unref();
  return {
    upgrade(request, socket, head) {
      const admission = authenticateAgent(request);
      if (admission.ok) {
        open.set(socket, admission.isStillGood);
        socket.once('close', () => open.delete(socket));
      } else if (admission.status !== 401 || !isAtHome(request, config)) {
        refuseUpgrade(socket, admission.status, admission.text, admission.headers);
        return;
      }
      const host = admission.ok ? admission.host : undefined;
      door.upgrade(request, socket, head, host === undefined ? {} : boundTo(host));
    },
    [Symbol.dispose]: () => clearInterval(looking),
  };
}

/** Its token is for one host: neither another's name nor another's agent comes in by it. */
function boundTo(host: string): Visitor {
  return {
    refuses(hello, knownAs) {
      if (hello.host !== host) return `the token of this agent is for the host ${host}, not for ${hello.host}`;
      if (knownAs === undefined || knownAs === host) return undefined;
      return `agent ${hello.agent} is that of ${knownAs}, and its token is for ${host}: if it is a copy, remove the file with its id`;
    },
  };
}

/** Nothing was shown, and who is on this machine may do everything. */
function isAtHome({ headers, socket }: IncomingMessage, { api }: Pick<Config, 'api'>): boolean {
  const isShown = headers.authorization !== undefined || headers['x-auth-token'] !== undefined;
  return !isShown && api.loopback === 'admin' && isLocal(socket.remoteAddress) && isLocal(socket.localAddress);
}

function isLocal(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);
}

/** Whether this analyzer tells the agent of this origin what to do: one does, the home of the agent. */
export function isHomeOf(fleet: Fleet, origin: string): boolean {
  return fleet.connected().some((agent) => agent.isHome && agent.origin === origin);
}

/** Acts for each agent that has come here as to its home. */
export function onComing(fleet: Fleet, act: (agent: FleetAgent) => void): Disposable {
  let there: ReadonlySet<string> = new Set();
  const looking = setInterval(() => {
    const now = fleet.connected().filter(({ isHome }) => isHome);
    const before = there;
    there = new Set(now.map(({ id }) => id));
    for (const agent of now) if (!before.has(agent.id)) act(agent);
  }, COMINGS_MS).unref();
  return { [Symbol.dispose]: () => clearInterval(looking) };
}

export function isOurs({ origin }: Pick<GraphNode, 'origin'>): boolean {
  return !origin.startsWith('agent.');
}

/** Packets as they pass, read by the agent of their host. */
export function tailsOf(fleet: Fleet, match: (query: string) => Promise<readonly GraphNode[]>): ApiTails {
  return {
    async open({ query, filter, snapLength, who }) {
      const nodes = await match(query);
      const origins = new Set(nodes.filter((node) => !isOurs(node)).map(({ origin }) => origin));
      if (origins.size > 1)
        throw mistake(
          'capture.many-hosts',
          `the query finds interfaces of ${origins.size} hosts, and packets are tailed on one at a time`,
          "name one: G.V().Has('@Host', 'web1')…",
        );
      const [origin] = origins;
      if (origin === undefined)
        throw mistake('capture.nowhere', 'the query finds no node of an agent', 'interfaces are nodes with an IfIndex');
      const ids = nodes.map(({ id }) => `'${id.replace(/[\\']/g, '\\$&')}'`).join(', ');
      const stopping = new AbortController();
      const asked = { query: `G.V().Has('@ID', Within(${ids}))`, filter, snapLength, who };
      const parts = agentOf(fleet, origin).ask('tail', asked, stopping.signal);
      return tailOf(parts, stopping);
    },
  };
}

/** Opened once its first piece is there: what is wrong is told before anything is answered. */
async function tailOf(parts: ReturnType<FleetAgent['ask']>, stopping: AbortController): Promise<ApiTail> {
  const pieces = parts[Symbol.asyncIterator]();
  const first = await pieces.next();
  return {
    async *pieces() {
      for (let next = first; !next.done; next = await pieces.next()) if (next.value.bytes) yield next.value.bytes;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await pieces.return?.();
    },
  };
}

/** Asked of the agents whose bridges they are. */
export function datapathFlowsOf(fleet: Fleet, view: () => GraphView): DatapathFlows {
  return async (bridge, signal) => {
    const bridges = [...view().nodes()].filter(
      ({ metadata, ...node }) =>
        metadata.Type === 'ovsbridge' && !isOurs(node) && (bridge === undefined || metadata.Name === bridge),
    );
    if (bridge !== undefined && bridges.length === 0)
      throw mistake('datapath.no-bridge', `there is no bridge ${bridge}`, 'skein get switches');
    const found: WireDatapathFlow[] = [];
    for (const origin of new Set(bridges.map((node) => node.origin)))
      for await (const part of agentOf(fleet, origin).ask('datapath-flows', { bridge }, signal))
        found.push(...(part.body as WireDatapathFlow[]));
    return found;
  };
}
