/** What of a network is in a bundle when a query said which. */
import type { Dumped } from '../archive/dump.ts';

export interface Selection {
  /** Ids of nodes and edges, those that were chosen and those that they are understood by. */
  readonly elements: ReadonlySet<string>;
  /** TIDs of the nodes that were chosen: their flows are in it. */
  readonly places: ReadonlySet<string>;
  /** Nodes whose sockets are in it. */
  readonly namespaces: ReadonlySet<string>;
  /** Flows that were chosen themselves, by UUID. */
  readonly flows: ReadonlySet<string>;
}

export function isSelected(item: Dumped, selection: Selection): boolean {
  const { elements, places, namespaces, flows } = selection;
  switch (item.kind) {
    case 'version':
      return elements.has(item.element.id);
    case 'sample':
      return elements.has(item.sample.id);
    case 'flow':
      return places.has(item.flow.NodeTID) || flows.has(item.flow.UUID);
    case 'socket':
      return namespaces.has(item.socket.node);
    case 'loss':
      return item.loss.node === '' || places.has(item.loss.node);
  }
}
