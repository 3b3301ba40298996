/** The packet filters and NAT of a namespace, from hook to hook, for one packet that comes through it. */
import type { GraphNode } from '../../../graph/element.ts';
import type { Atlas } from '../atlas.ts';
import { nameOf } from '../atlas.ts';
import type { Hop, Issue } from '../hop.ts';
import type { Packet } from '../packet.ts';
import { type Chain, type Filters, filtersOf, type Rule } from './chains.ts';
import { type Doubt, evaluate, type Verdict } from './evaluate.ts';
import type { Tracked } from './facts.ts';
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

const knownFilters = new WeakMap<Atlas, Map<string, Filters | undefined>>();

function filtersIn(atlas: Atlas, namespace: GraphNode): Filters | undefined {
  const all = knownFilters.get(atlas) ?? new Map<string, Filters | undefined>();
  knownFilters.set(atlas, all);
  if (!all.has(namespace.id)) all.set(namespace.id, filtersOf(atlas, namespace));
  return all.get(namespace.id);
}

/** What is taken for granted where a frame passes a bridge. */
export function bridgeIssues(atlas: Atlas, bridge: GraphNode): readonly Issue[] {
  const namespace = atlas.namespace(bridge);
  if (namespace === undefined || filtersIn(atlas, namespace)?.hasBridge !== true) return [];
  const text = `no chain of the family bridge of ${nameOf(namespace)} stands against that: they are not followed`;
  return [{ code: 'filter', text, weight: 'assumed' }];
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

  constructor(
    { atlas, tracking }: { readonly atlas: Atlas; readonly tracking: Tracking },
    namespace: GraphNode,
    depth: number,
  ) {
    this.#atlas = atlas;
    this.#namespace = namespace;
    this.#tracking = tracking;
    this.#depth = depth;
    this.#filters = filtersIn(atlas, namespace);
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
      const told = this.#told(verdict, now);
      hops.push(...told);
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
    const { hasLegacy, leftOut, hasLink } = this.#filters;
    const name = nameOf(this.#namespace);
    const texts = [
      ...(hasLegacy ? [`no rule of the old ip_tables of ${name} stands against that: they are not read`] : []),
      ...(leftOut > 0 ? [`none of the ${leftOut} rules of ${name} that are not told stands against that`] : []),
      ...(hasLink ? [`no chain of the family netdev of ${name} stands against that: they are not followed`] : []),
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

  #told(verdict: Verdict, before: Packet): Hop[] {
    const { nat, doubts, chain, rule } = verdict;
    const base = { depth: this.#depth, node: this.#namespace };
    const issues = doubts.map((doubt) => this.#doubtful(doubt));
    if (verdict.verdict !== 'accept') {
      const { verdict: what } = verdict;
      return [
        { ...base, issues, how: { kind: 'filter', text: filterText(verdict), filter: shownRule(chain, rule, what) } },
      ];
    }
    const hops: Hop[] = [];
    if (nat) {
      const text = `${nat.kind} ${changeText(before, verdict.packet)}, by ${ruleText(nat.rule, nat.chain)}`;
      const choice: Issue[] =
        nat.choice === undefined
          ? []
          : [
              {
                code: 'nat',
                text: `of ${nat.choice} it takes ${verdict.packet.source === before.source ? verdict.packet.destination : verdict.packet.source}`,
                weight: 'assumed',
              },
            ];
      hops.push({
        ...base,
        issues: [...issues, ...choice],
        how: {
          kind: 'nat',
          text,
          nat: { kind: nat.kind, ...shownChange(before, verdict.packet) },
          filter: shownRule(nat.chain, nat.rule, nat.kind),
        },
      });
    } else if (issues.length > 0) {
      const [doubt] = doubts as [Doubt];
      const by = rule ?? doubt.rule;
      const text = `passes ${chain.name} of table ${chain.table}`;
      hops.push({
        ...base,
        issues,
        how: { kind: 'filter', text, filter: shownRule(rule ? chain : doubt.chain, by, 'accept') },
      });
    }
    return hops;
  }

  #doubtful({ kind, rule, chain, why }: Doubt): Issue {
    const whose = `${ruleText(rule, chain)} of ${nameOf(this.#namespace)}`;
    if (kind === 'usual') return { code: 'filter', text: `${why}: ${whose} asks for it`, weight: 'assumed' };
    const text = `whether ${whose} takes it depends on ${why}, which is not known`;
    return { code: 'filter-unknown', text, weight: 'assumed' };
  }
}

/** NF_IP_PRI_CONNTRACK: what comes before it sees no state. */
const CONNTRACK_PRIORITY = -200;
const UDP = 17;

function stopText(namespace: GraphNode, verdict: Verdict): string {
  return `${nameOf(namespace)}: ${filterText(verdict)}`;
}

function filterText({ verdict, rule, chain }: Verdict): string {
  const done = verdict === 'drop' ? 'dropped' : 'rejected';
  return rule === undefined
    ? `${done} by the policy of chain ${chain.name}, table ${chain.family} ${chain.table}`
    : `${done} by ${ruleText(rule, chain)}`;
}

function ruleText({ text }: Rule, { name, family, table }: Chain): string {
  return `rule "${text}" of chain ${name}, table ${family} ${table}`;
}

function shownRule(chain: Chain, rule: Rule | undefined, verdict: string) {
  return {
    ...{ id: rule?.node.id ?? chain.node.id, family: chain.family, table: chain.table, chain: chain.name, verdict },
    text: rule?.text ?? `policy ${chain.policy}`,
  };
}

function shownChange(before: Packet, after: Packet) {
  return {
    from: endText(before.source, before.sourcePort),
    to: endText(before.destination, before.destinationPort),
    newFrom: endText(after.source, after.sourcePort),
    newTo: endText(after.destination, after.destinationPort),
  };
}

function changeText(before: Packet, after: Packet): string {
  const { from, to, newFrom, newTo } = shownChange(before, after);
  const parts = [
    ...(from === newFrom ? [] : [`from ${newFrom} instead of ${from}`]),
    ...(to === newTo ? [] : [`to ${newTo} instead of ${to}`]),
  ];
  return parts.length > 0 ? parts.join(', ') : 'without a change';
}

function endText(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
