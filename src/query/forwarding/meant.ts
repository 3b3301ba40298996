/** Who a frame is meant for. */
import type { GraphNode } from '../../graph/element.ts';
import { addressesOf, nameOf } from './atlas.ts';
import type { Frame } from './frame.ts';

/** Without hardware addresses on the link everything is. */
export function isMeant({ metadata }: GraphNode, { targetMac, target, sourceMac }: Frame): boolean {
  if (targetMac !== undefined) return metadata.MAC === targetMac || metadata.MAC === undefined;
  return sourceMac === undefined || addressesOf(metadata).includes(target);
}

export function nobody(at: GraphNode, { targetMac, target }: Frame): string {
  const whose = targetMac === undefined ? target : `${target} (${targetMac})`;
  return `nobody behind ${nameOf(at)} has ${whose}`;
}
