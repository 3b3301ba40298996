/** Nodes as results name them, and sentences about where they are. */
import type { PathNode } from '../../contract/path.ts';
import type { GraphNode } from '../../graph/element.ts';
import { type Atlas, nameOf, typeOf } from '../../query/forwarding/atlas.ts';

export function placeOf(node: GraphNode, atlas: Atlas): PathNode {
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
export function placeText({ name, namespace, host }: PathNode): string {
  return namespace === undefined ? `${name} (${host})` : `${name} (${namespace} on ${host})`;
}
