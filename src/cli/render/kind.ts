/** Told apart here rather than with the contract's own function: its module brings zod, which costs 40 ms at start. */
import type { WireEdge, WireElement, WireNode } from '../../contract/element.ts';

export function isEdge(element: WireElement): element is WireEdge {
  return 'Parent' in element;
}

export function isNode(element: WireElement): element is WireNode {
  return !isEdge(element);
}
