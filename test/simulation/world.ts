/** What there is on a host, whether somebody looks or not: nodes and edges that come, change, go and come back. */
import type { Socket } from '../../src/ends/socket.ts';
import type { Change } from '../../src/graph/change.ts';
import type { Metadata } from '../../src/graph/element.ts';
import type { Chance } from './chance.ts';

const NODES_MAX = 8;
const SOCKETS_MAX = 6;

export class World {
  readonly #chance: Chance;
  readonly #host: string;
  readonly #nodes = new Map<string, Metadata>();
  readonly #edges = new Map<string, { readonly parent: string; readonly child: string; readonly metadata: Metadata }>();
  readonly #totals = new Map<string, number>();
  readonly sockets = new Map<string, Socket>();
  #sockets = 0;

  constructor(chance: Chance, host: string) {
    this.#chance = chance;
    this.#host = host;
    this.#nodes.set(`${host}-root`, { Type: 'host', Name: host });
    for (let i = 0; i < 3; i++) this.step();
  }

  /** All there is, as a probe tells it at its start. */
  all(): Change[] {
    return [
      ...[...this.#nodes].map(([id, metadata]): Change => ({ kind: 'node', id, metadata })),
      ...[...this.#edges].map(([id, edge]): Change => ({ kind: 'edge', id, ...edge })),
    ];
  }

  /** Something happens; as a probe that looks tells it. */
  step(): Change[] {
    const changes: Change[] = [];
    for (let count = this.#chance.between(1, 3); count > 0; count--) changes.push(...this.#happen());
    return changes;
  }

  counters(): Change[] {
    const id = this.#chance.pick([...this.#nodes.keys()]);
    const total = (this.#totals.get(id) ?? 0) + this.#chance.between(1, 100);
    this.#totals.set(id, total);
    return [{ kind: 'counters', id, series: 'Metric', total: { RxPackets: total } }];
  }

  open(now: number): Socket | undefined {
    if (this.sockets.size >= SOCKETS_MAX) return undefined;
    const socket: Socket = {
      id: `${this.#host}-s${++this.#sockets}`,
      node: `${this.#host}-root`,
      protocol: 'TCP',
      localAddress: '10.0.0.1',
      localPort: 1024 + this.#sockets,
      remoteAddress: '10.0.0.2',
      remotePort: 80,
      state: 'ESTABLISHED',
      openedAt: now,
    };
    this.sockets.set(socket.id, socket);
    return socket;
  }

  close(): Socket | undefined {
    if (this.sockets.size === 0) return undefined;
    const socket = this.#chance.pick([...this.sockets.values()]);
    this.sockets.delete(socket.id);
    return socket;
  }

  #happen(): Change[] {
    const chance = this.#chance;
    const what = chance.below(10);
    const id = chance.pick([...this.#nodes.keys()]);
    const metadata = this.#nodes.get(id) as Metadata;
    if (what < 3 && this.#nodes.size < NODES_MAX) return this.#node(`${this.#host}-n${chance.below(NODES_MAX)}`, {});
    if (what < 5) return this.#node(id, { ...metadata, State: chance.pick(['UP', 'DOWN', 'UNKNOWN']) });
    if (what === 5) {
      const { State: _, ...rest } = metadata;
      return this.#node(id, rest);
    }
    if (what === 6 && this.#nodes.size > 1) {
      const other = chance.pick([...this.#nodes.keys()].slice(1));
      const gone = this.#gone(other);
      // A flap within the same moment.
      return chance.is(0.3) ? [...gone, ...this.#node(other, { Type: 'veth' })] : gone;
    }
    if (what === 7 && this.#edges.size > 0) {
      const edge = chance.pick([...this.#edges.keys()]);
      this.#edges.delete(edge);
      return [{ kind: 'gone', id: edge, of: 'edge' }];
    }
    const parent = chance.pick([...this.#nodes.keys()]);
    if (parent === id) return [];
    const relation = chance.pick(['ownership', 'layer2']);
    const edge = { parent, child: id, metadata: { RelationType: relation, Cost: chance.below(3) } };
    const name = `${parent}>${relation}>${id}`;
    this.#edges.set(name, edge);
    return [{ kind: 'edge', id: name, ...edge }];
  }

  #node(id: string, metadata: Metadata): Change[] {
    const told = { Type: 'veth', Name: id, ...metadata };
    this.#nodes.set(id, told);
    return [{ kind: 'node', id, metadata: told }];
  }

  #gone(id: string): Change[] {
    this.#nodes.delete(id);
    this.#totals.delete(id);
    for (const [name, { parent, child }] of this.#edges) if (parent === id || child === id) this.#edges.delete(name);
    return [{ kind: 'gone', id, of: 'node' }];
  }
}
