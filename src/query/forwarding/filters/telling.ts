/** What rules did to a packet, as hops of its way. */
import type { GraphNode } from '../../../graph/element.ts';
import { nameOf } from '../atlas.ts';
import type { Hop, Issue } from '../hop.ts';
import type { Packet } from '../packet.ts';
import type { Chain, Rule } from './chains.ts';
import type { Doubt, Verdict } from './evaluate.ts';

/** Of one visit to a chain of a hook; `before`: the packet as it came. */
export function toldHops(
  verdict: Verdict,
  before: Packet,
  { namespace, depth }: { readonly namespace: GraphNode; readonly depth: number },
): Hop[] {
  const { nat, doubts, chain, rule } = verdict;
  const base = { depth, node: namespace };
  const issues = doubts.map((doubt) => doubtful(doubt, namespace));
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

function doubtful({ kind, rule, chain, why }: Doubt, namespace: GraphNode): Issue {
  const whose = `${ruleText(rule, chain)} of ${nameOf(namespace)}`;
  if (kind === 'usual') return { code: 'filter', text: `${why}: ${whose} asks for it`, weight: 'assumed' };
  if (kind === 'astray')
    return {
      code: 'filter-unknown',
      text: `what becomes of it after ${whose} is not known: ${why}`,
      weight: 'assumed',
    };
  const text = `whether ${whose} takes it depends on ${why}, which is not known`;
  return { code: 'filter-unknown', text, weight: 'assumed' };
}
export function stopText(namespace: GraphNode, verdict: Verdict): string {
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

export function shownChange(before: Packet, after: Packet) {
  return {
    from: endText(before.source, before.sourcePort),
    to: endText(before.destination, before.destinationPort),
    newFrom: endText(after.source, after.sourcePort),
    newTo: endText(after.destination, after.destinationPort),
  };
}

export function changeText(before: Packet, after: Packet): string {
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
