/** Rules of packet filters and NAT as rows, in the order that packets come to them. */
import type { WireNode } from '../../contract/element.ts';
import type { Place, Row } from '../things.ts';
import { valueAt } from './element.ts';

export function filterRow(node: WireNode, { netns, hook }: Place): Row {
  const { Family, Table, Chain, Text, Verdict, Comment } = node.Metadata;
  return {
    HOST: node.Host,
    NETNS: netns,
    TABLE: `${Family} ${Table}`,
    CHAIN: Chain,
    HOOK: hook,
    VERDICT: Verdict,
    PACKETS: valueAt(node, 'Metric.RxPackets'),
    BYTES: valueAt(node, 'Metric.RxBytes'),
    RULE: Text,
    COMMENT: Comment,
  };
}

export function filterOrder({ Host, Metadata }: WireNode, { netns = '' }: Place): readonly (string | number)[] {
  const { Family, Table, Chain, Order } = Metadata;
  return [Host, netns, `${Family}`, `${Table}`, `${Chain}`, typeof Order === 'number' ? Order : 0];
}
