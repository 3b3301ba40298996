/** Without the contract's shapes: they bring zod, which costs 40 ms at start. */
import type { WireEdge, WireElement } from '../../contract/element.ts';

/** Only edges have two ends. */
export function isEdge(element: WireElement): element is WireEdge {
  return 'Parent' in element;
}
