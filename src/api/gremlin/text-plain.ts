/** Results as Gremlin Console shows them, one a line. */
import type { GValue } from '../../query/gremlin/value/value.ts';
import { javaText } from './java-text.ts';
import type { WireElements } from './wire-elements.ts';

export function textPlain(values: readonly GValue[], elements: WireElements): string {
  return values.map((value) => `==>${javaText(value, elements)}`).join('\n');
}
