/** Who is at the ends of a flow of now: what the flow table asks for each flow that it tells of. */
import { type ConversationEnds, endsOf, type Whereabouts } from '../ends/conversation-ends.ts';
import type { SocketTable } from '../ends/socket-table.ts';
import type { Tuple } from '../ends/translation.ts';
import type { TranslationTable } from '../ends/translation-table.ts';
import type { Both, KnownEnds, LookUpEnds } from '../flow/ends.ts';
import type { Commit } from '../graph/change.ts';
import type { GraphNode, Value } from '../graph/element.ts';
import type { GraphView } from '../graph/view.ts';
import { isList } from './key.ts';
import { namespaceOf } from './namespace.ts';

export interface LiveEndsParts {
  readonly sockets: SocketTable;
  readonly translations: TranslationTable;
  readonly view: () => GraphView;
}

export class LiveEnds {
  readonly #parts: LiveEndsParts;
  /** Namespace of a capture point, by its TID, and addresses of a namespace, by its node; until the graph says otherwise. */
  readonly #places = new Map<string, string | undefined>();
  readonly #addresses = new Map<string, ReadonlySet<string>>();

  constructor(parts: LiveEndsParts) {
    this.#parts = parts;
  }

  /** The graph has changed. */
  saw({ events }: Pick<Commit, 'events'>): void {
    if (this.#places.size + this.#addresses.size === 0) return;
    const isOfInterest = events.some(
      ({ element: { kind, metadata } }) => kind === 'edge' || metadata.IfIndex !== undefined,
    );
    if (!isOfInterest) return;
    this.#places.clear();
    this.#addresses.clear();
  }

  readonly lookUp: LookUpEnds = ({ node, protocol, a, b, aPort, bPort }) => {
    const { sockets, translations } = this.#parts;
    if (sockets.isEmpty && translations.isEmpty) return undefined;
    const tuple: Tuple = { protocol, source: a, sourcePort: aPort, destination: b, destinationPort: bPort };
    const others = translations.otherSides(tuple);
    if (others.length === 0 && !sockets.has(tuple)) return undefined;
    const where: Whereabouts = {
      namespace: this.#namespaceAt(node),
      has: (namespace, address) => this.#addressesOf(namespace).has(address),
    };
    return known(endsOf(tuple, where, (side) => sockets.at(side), others));
  };

  #namespaceAt(tid: string): string | undefined {
    if (this.#places.has(tid)) return this.#places.get(tid);
    const view = this.#parts.view();
    let found: string | undefined;
    for (const node of view.nodesWith('TID', tid) ?? []) found ??= namespaceOf(node, view)?.id;
    this.#places.set(tid, found);
    return found;
  }

  #addressesOf(namespace: string): ReadonlySet<string> {
    const cached = this.#addresses.get(namespace);
    if (cached) return cached;
    const view = this.#parts.view();
    const found = new Set<string>();
    for (const owner of view.nodes(namespace))
      for (const edge of view.out(owner))
        if (edge.metadata.RelationType === 'ownership')
          for (const child of view.children(edge)) for (const address of addressesOf(child)) found.add(address);
    this.#addresses.set(namespace, found);
    return found;
  }
}

function known({ a, b, listener, other }: ConversationEnds): KnownEnds | undefined {
  if (!a && !b && !listener && !other) return undefined;
  // A connection that nobody has taken yet is that of who waits for it.
  const [from, to] = [a?.process, b?.process ?? listener?.process];
  return {
    ...both('Process', from?.name, to?.name),
    ...both('Pid', from?.pid, to?.pid),
    ...both('ContainerID', from?.container, to?.container),
    ...(listener?.process && { Service: listener.process.name }),
    ...(other && {
      NAT: {
        Type: other.isSource && other.isDestination ? 'SNAT,DNAT' : other.isSource ? 'SNAT' : 'DNAT',
        A: other.tuple.source,
        B: other.tuple.destination,
        APort: other.tuple.sourcePort,
        BPort: other.tuple.destinationPort,
        IsTranslated: other.isBefore,
        Node: other.translation.node,
        Zone: other.translation.zone,
      },
    }),
  };
}

function both<T>(name: keyof KnownEnds, A: T | undefined, B: T | undefined): { readonly [name: string]: Both<T> } {
  if (A === undefined && B === undefined) return {};
  return { [name]: { ...(A !== undefined && { A }), ...(B !== undefined && { B }) } };
}

function* addressesOf({ metadata: { IPV4, IPV6 } }: GraphNode): Generator<string> {
  for (const value of [...textsIn(IPV4), ...textsIn(IPV6)]) yield value.replace(/\/.*$/, '');
}

function textsIn(value: Value | undefined): string[] {
  return (isList(value) ? value : [value]).filter((text) => typeof text === 'string');
}
