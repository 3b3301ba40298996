/** Results as Gremlin Console shows them, one a line. */

import { javaText } from '../../query/gremlin/value/java-text.ts';
import type { GValue } from '../../query/gremlin/value/value.ts';
import { writtenMax } from './codec-limits.ts';
import type { WireElements } from './wire-elements.ts';

export function textPlain(values: readonly GValue[], elements: WireElements): string {
  return values.map((value) => `==>${javaText(value, elements, writtenMax)}`).join('\n');
}
