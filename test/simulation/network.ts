/** The wires between agents and analyzers: slow, in order within one connection, shut for a while, cut. */
import { type MemoryLinks, memoryLinks } from '../../src/relay/memory-link.ts';
import type { Message } from '../../src/relay/message.ts';
import { decodeMessage, encodeMessage } from '../../src/relay/wire/codec.ts';
import type { Chance } from './chance.ts';
import type { VirtualTime } from './time.ts';

/** Nothing arrives in that direction, from then until then. */
interface Shut {
  readonly from: Side;
  readonly until: number;
  /** What was sent meanwhile arrives afterwards: else the connections of before are deaf for ever. */
  readonly isHeld: boolean;
}

type Side = 'agent' | 'analyzer';

export interface Connection {
  readonly links: MemoryLinks;
  readonly agent: number;
  readonly analyzer: number;
}

export interface NetworkParts {
  readonly time: VirtualTime;
  readonly chance: Chance;
  /** Messages are bytes on their way. */
  readonly isEncoded: boolean;
  readonly latencyMs: number;
  readonly sent: (message: Message, from: Side, connection: Connection) => void;
}

export class Network {
  readonly #parts: NetworkParts;
  readonly #shut = new Map<string, Shut[]>();
  readonly open = new Set<Connection>();

  constructor(parts: NetworkParts) {
    this.#parts = parts;
  }

  shut(agent: number, analyzer: number, shut: Shut): void {
    const key = `${agent} ${analyzer}`;
    this.#shut.set(key, [...(this.#shut.get(key) ?? []), shut]);
  }

  isShut(agent: number, analyzer: number): boolean {
    return (['agent', 'analyzer'] as const).some((from) => this.#shutNow(agent, analyzer, from) !== undefined);
  }

  connect(agent: number, analyzer: number): Connection {
    const { time, chance, latencyMs, isEncoded, sent } = this.#parts;
    const lastDue = { agent: 0, analyzer: 0 };
    const isDeaf = { agent: false, analyzer: false };
    const links = memoryLinks({
      clock: { now: () => time.now, after: (delayMs, act) => time.after(delayMs, act) },
      agent: `10.0.0.${agent}:1`,
      analyzer: `analyzer-${analyzer}`,
      fate: (message, from) => {
        sent(message, from, connection);
        const shut = this.#shutNow(agent, analyzer, from);
        if (shut && !shut.isHeld) isDeaf[from] = true;
        if (isDeaf[from]) return [];
        const due = Math.max(shut?.until ?? 0, time.now + chance.between(0, latencyMs), lastDue[from]);
        lastDue[from] = due;
        return [due - time.now];
      },
    });
    if (isEncoded)
      for (const link of [links.agent, links.analyzer]) {
        const send = link.send.bind(link) as (message: Message) => void;
        link.send = (message: Message) => send(decodeMessage(encodeMessage(message)));
      }
    const connection = { links, agent, analyzer };
    this.open.add(connection);
    return connection;
  }

  /** All of an agent, of an analyzer, or between the two. */
  of(agent: number | undefined, analyzer: number | undefined): Connection[] {
    return [...this.open].filter(
      (one) => (agent === undefined || one.agent === agent) && (analyzer === undefined || one.analyzer === analyzer),
    );
  }

  /** The machine at one end is gone: the other is told, or it is not. */
  end(connections: readonly Connection[], how: 'cut' | 'silence'): void {
    for (const connection of connections) {
      this.open.delete(connection);
      connection.links[how]();
    }
  }

  #shutNow(agent: number, analyzer: number, from: Side): Shut | undefined {
    return this.#shut
      .get(`${agent} ${analyzer}`)
      ?.find((shut) => shut.from === from && shut.until > this.#parts.time.now);
  }
}
