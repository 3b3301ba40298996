/** For messages of clients, who name elements by References: they hold no graph. */
import type { WireElements } from './wire-elements.ts';

const none = (): never => {
  throw new Error('a request names elements by reference');
};

export const noElements: WireElements = {
  hasProperties: false,
  id: none,
  label: none,
  properties: none,
  edgeProperties: none,
  ends: none,
};
