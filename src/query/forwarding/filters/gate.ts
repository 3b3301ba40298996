/** The packet filters and NAT of a namespace, from hook to hook, for one packet that comes through it. */
import type { GraphNode } from '../../../graph/element.ts';
import { type Atlas, nameOf } from '../atlas.ts';
import type { Walker } from '../frame.ts';
import type { Hop, Issue } from '../hop.ts';
import type { Packet } from '../packet.ts';
import { type Filters, filtersAt } from './chains.ts';
import { evaluate } from './evaluate.ts';
import type { Tracked } from './facts.ts';
import { changeText, shownChange, stopText, toldHops } from './telling.ts';
import { type Connection, type Tracking, tupleOf } from './tracking.ts';

export type HookName = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

export interface Passage {
  readonly packet: Packet;
  readonly hops: readonly Hop[];
  /** It goes no further. */
  readonly stop?: { readonly code: string; readonly reason: string };
}

export interface Through {
  readonly iif: GraphNode | undefined;
  readonly oif: GraphNode | undefined;
  readonly nextHop?: string | undefined;
  /** It came over the loopback: its connection is that which it left with. */
  readonly isLooped?: boolean;
}

/** One visit of a packet to a namespace. */
export class Gate {
  readonly #atlas: Atlas;
  readonly #namespace: GraphNode;
  readonly #tracking: Tracking;
  readonly #depth: number;
  readonly #filters: Filters | undefined;
  #connection: Connection | undefined;
  #isReply = false;
  #isUntracked = false;
  #mark: number | undefined = 0;
  #connectionMark: number | undefined = 0;
  #isTold = false;

  constructor({ atlas, tracking, isUnfiltered }: Walker, namespace: GraphNode, depth: number) {
    this.#atlas = atlas;
    this.#namespace = namespace;
    this.#tracking = tracking;
    this.#depth = depth;
    this.#filters = isUnfiltered === true ? undefined : filtersAt(atlas, namespace);
  }

  /** Undefined where nobody reads them. */
  get isKnown(): boolean {
    return this.#filters !== undefined;
  }

  get mark(): number | undefined {
    return this.#mark;
  }

  *pass(hook: HookName, packet: Packet, through: Through): Generator<undefined, Passage> {
    const filters = this.#filters;
    let now = packet;
    const hops: Hop[] = [];
    let isTracked = false;
    let isTranslated = false;
    for (const chain of filters?.at(hook, packet.family) ?? []) {
      if (chain.type === 'nat' || chain.priority > CONNTRACK_PRIORITY) {
        if (!isTracked) now = this.#track(hook, now, hops);
        isTracked = true;
      }
      if (chain.type === 'nat' && (this.#isReply || this.#isUntracked || isTranslated || through.isLooped === true))
        continue;
      const place = { atlas: this.#atlas, namespace: this.#namespace, hook, iif: through.iif, oif: through.oif };
      const facts = {
        ...{ packet: now, place, mark: this.#mark, connectionMark: this.#connectionMark },
        tracked: this.#tracked(now),
      };
      const verdict = yield* evaluate({ filters: filters as Filters, chain, facts, nextHop: through.nextHop });
      hops.push(...toldHops(verdict, now, { namespace: this.#namespace, depth: this.#depth }));
      [this.#mark, this.#connectionMark] = [verdict.mark, verdict.connectionMark];
      this.#isUntracked ||= verdict.isUntracked;
      if (verdict.verdict !== 'accept') {
        const reason = stopText(this.#namespace, verdict);
        return { packet: now, hops, stop: { code: 'filtered', reason } };
      }
      if (verdict.nat) isTranslated = true;
      now = verdict.packet;
    }
    if (!isTracked) now = this.#track(hook, now, hops);
    if (this.#connection && !this.#isReply) this.#connection.now = tupleOf(now);
    return { packet: now, hops };
  }

  /** What is known besides that matters where packets pass. */
  issues(): Issue[] {
    if (this.#isTold || this.#filters === undefined) return [];
    this.#isTold = true;
    const { hasLegacy, leftOut } = this.#filters;
    const name = nameOf(this.#namespace);
    const texts = [
      ...(hasLegacy ? [`no rule of the old ip_tables of ${name} stands against that: they are not read`] : []),
      ...(leftOut > 0 ? [`none of the ${leftOut} rules of ${name} that are not told stands against that`] : []),
    ];
    return texts.map((text) => ({ code: 'filter', text, weight: 'assumed' }));
  }

  /** Where the packet is found to begin a connection, or to be an answer, which then is translated back. */
  #track(hook: HookName, packet: Packet, hops: Hop[]): Packet {
    if (this.#isUntracked) return packet;
    const isFirst = hook === 'prerouting' || hook === 'output';
    if (isFirst && this.#connection === undefined) {
      this.#connection = this.#tracking.answered(this.#namespace.id, packet);
      this.#isReply = this.#connection !== undefined;
      this.#connection ??= this.#tracking.begin(this.#namespace.id, packet);
    }
    if (!this.#isReply || this.#connection === undefined) return packet;
    const { original } = this.#connection;
    const back: Packet = isFirst
      ? { ...packet, destination: original.source, destinationPort: original.sourcePort }
      : hook === 'postrouting' || hook === 'input'
        ? { ...packet, source: original.destination, sourcePort: original.destinationPort }
        : packet;
    const isChanged = back.source !== packet.source || back.destination !== packet.destination;
    const isPortChanged = back.sourcePort !== packet.sourcePort || back.destinationPort !== packet.destinationPort;
    if (!isChanged && !isPortChanged) return packet;
    const kind = isFirst ? 'snat' : 'dnat';
    hops.push({
      ...{ depth: this.#depth, node: this.#namespace, issues: [] },
      how: {
        kind: 'nat',
        text: `translated back: ${changeText(packet, back)}`,
        nat: { kind, isBack: true, ...shownChange(packet, back) },
      },
    });
    return back;
  }

  #tracked(packet: Packet): Tracked {
    const connection = this.#connection;
    const original = connection?.original ?? tupleOf(packet);
    const now = connection?.now ?? original;
    const isAnswer = this.#tracking.isAnswer && this.#depth === 0;
    return {
      // What comes before it is tracked has no state yet, which is told as this.
      state: this.#isUntracked
        ? 'untracked'
        : connection === undefined
          ? 'invalid'
          : this.#isReply
            ? 'established'
            : isAnswer && packet.protocol !== UDP
              ? 'invalid'
              : 'new',
      original,
      isReply: this.#isReply || isAnswer,
      isSourceChanged: now.source !== original.source || now.sourcePort !== original.sourcePort,
      isDestinationChanged:
        now.destination !== original.destination || now.destinationPort !== original.destinationPort,
    };
  }
}

/** NF_IP_PRI_CONNTRACK: what comes before it sees no state. */
const CONNTRACK_PRIORITY = -200;
const UDP = 17;
