/**
 * What namespaces remember of the first packet of a connection, so that what comes back is known as its answer, and what
 * was translated is translated back (net/netfilter/nf_conntrack_core.c, nf_nat_core.c).
 */
import type { Packet } from '../packet.ts';

export interface Tuple {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number | undefined;
  readonly sourcePort: number | undefined;
  readonly destinationPort: number | undefined;
}

export interface Connection {
  readonly original: Tuple;
  /** As it is when it leaves: what comes back is the other way round. */
  now: Tuple;
}

/** Of one walk there and back. */
export class Tracking {
  readonly #byNamespace = new Map<string, Connection[]>();
  /** Whether the walk is that of an answer. */
  isAnswer = false;

  begin(namespace: string, packet: Packet): Connection {
    const original = tupleOf(packet);
    const connection: Connection = { original, now: original };
    const known = this.#byNamespace.get(namespace);
    if (known) known.push(connection);
    else this.#byNamespace.set(namespace, [connection]);
    return connection;
  }

  /** The connection that the packet is an answer of. */
  answered(namespace: string, packet: Packet): Connection | undefined {
    const { source, destination, protocol, sourcePort, destinationPort } = packet;
    return this.#byNamespace
      .get(namespace)
      ?.findLast(
        ({ now }) =>
          now.source === destination &&
          now.destination === source &&
          now.protocol === protocol &&
          now.sourcePort === destinationPort &&
          now.destinationPort === sourcePort,
      );
  }
}

export function tupleOf({ source, destination, protocol, sourcePort, destinationPort }: Packet): Tuple {
  return { source, destination, protocol, sourcePort, destinationPort };
}
