/** What is wrong with an interface, and the hop that it is. */
import type { GraphNode } from '../../graph/element.ts';
import { isList } from '../key.ts';
import { nameOf, numberOf, objectOf, textOf } from './atlas.ts';
import type { Trip } from './frame.ts';
import type { Hop, How, Issue } from './hop.ts';

export function interfaceHop(node: GraphNode, how: How, depth: number, more: readonly Issue[] = []): Hop {
  const mtu = numberOf(node.metadata.MTU);
  const down = downOf(node);
  const issues = down === undefined ? more : [...more, { code: 'down', text: down, weight: 'stops' as const }];
  return { depth, node, how, ...(mtu !== undefined && mtu > 0 && { mtu }), issues };
}

/** Undefined when frames can pass, or when that does not matter. */
export function blockOf(node: GraphNode, { isLenient }: Trip): string | undefined {
  return isLenient === true ? undefined : downOf(node);
}

/** Undefined when frames can pass. */
export function downOf(node: GraphNode): string | undefined {
  const { LinkFlags, State, Ovs } = node.metadata;
  const error = textOf(objectOf(Ovs).Error);
  if (error !== undefined) return `${nameOf(node)} could not be set up: ${error}`;
  if (isList(LinkFlags) && !LinkFlags.includes('UP')) return `${nameOf(node)} is down`;
  if (State === 'LOWERLAYERDOWN' || State === 'LOWER-LAYER-DOWN') return `what is below ${nameOf(node)} is down`;
  // Without a carrier, that is; an administrator's word would be in the flags.
  if (State === 'DOWN') return isList(LinkFlags) ? `${nameOf(node)} has no carrier` : `${nameOf(node)} is down`;
  return undefined;
}
