/** Where a node is, in the words that people know it by. */
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, nameOf, typeOf } from './atlas.ts';

export interface Place {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly host: string;
  /** Name of the network namespace that it is in; absent in that of the host, and of a namespace itself. */
  readonly namespace?: string | undefined;
}

export function placeOf(node: GraphNode, atlas: Atlas): Place {
  const namespace = atlas.namespace(node);
  const isInside = namespace !== undefined && typeOf(namespace) === 'netns' && namespace.id !== node.id;
  return {
    id: node.id,
    type: typeOf(node),
    name: nameOf(node),
    host: node.host,
    ...(isInside && { namespace: nameOf(namespace) }),
  };
}

/** `eth0 (blue on web1)`, `blue (web1)`. */
export function placeText({ name, namespace, host }: Pick<Place, 'name' | 'namespace' | 'host'>): string {
  return namespace === undefined ? `${name} (${host})` : `${name} (${namespace} on ${host})`;
}
