/** Nodes by what flows know of them: the TID of a capture point, a MAC, an address. The view is read once, when it is needed. */
import type { GraphNode, Value } from '../graph/element.ts';
import { isList } from './key.ts';
import type { World } from './step.ts';

type Looking = Pick<World, 'view' | 'budget'>;

export class Directory {
  readonly #run: Looking;
  #byTid: Map<string, GraphNode[]> | undefined;
  #byMac: Map<string, GraphNode[]> | undefined;
  #byAddress: Map<string, GraphNode[]> | undefined;

  constructor(run: Looking) {
    this.#run = run;
  }

  /** The capture point of that TID; in a span every version of it. */
  *captureNodes(tid: string): Generator<undefined, readonly GraphNode[]> {
    const indexed = this.#run.view.nodesWith('TID', tid);
    if (indexed !== undefined) return [...indexed];
    this.#byTid ??= yield* this.#learn(({ metadata: { TID } }) => [TID]);
    return this.#byTid.get(tid) ?? [];
  }

  /** Interfaces with that MAC, and ports whose other end has it. */
  *withMac(mac: string): Generator<undefined, readonly GraphNode[]> {
    this.#byMac ??= yield* this.#learn(({ metadata: { MAC, PeerIntfMAC } }) =>
      MAC === PeerIntfMAC ? [MAC] : [MAC, PeerIntfMAC],
    );
    return this.#byMac.get(mac) ?? [];
  }

  *withAddress(address: string): Generator<undefined, readonly GraphNode[]> {
    this.#byAddress ??= yield* this.#learn(({ metadata: { IPV4, IPV6 } }) => [
      ...new Set([...itemsOf(IPV4), ...itemsOf(IPV6)].map(withoutMask)),
    ]);
    return this.#byAddress.get(address) ?? [];
  }

  *#learn(namesOf: (node: GraphNode) => readonly unknown[]): Generator<undefined, Map<string, GraphNode[]>> {
    const { view, budget } = this.#run;
    const found = new Map<string, GraphNode[]>();
    for (const node of view.nodes()) {
      if (budget.spend()) yield undefined;
      for (const name of namesOf(node)) {
        if (typeof name !== 'string' || name === '') continue;
        budget.hold(1);
        const nodes = found.get(name);
        if (nodes === undefined) found.set(name, [node]);
        else nodes.push(node);
      }
    }
    return found;
  }
}

function itemsOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

/** `10.0.0.1/24` is the address 10.0.0.1. */
function withoutMask(address: Value): Value {
  return typeof address === 'string' ? address.replace(/\/.*$/, '') : address;
}
