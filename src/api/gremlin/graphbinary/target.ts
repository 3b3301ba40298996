/** Where values are written to, and what all that hold others share. */

import type { GraphNode } from '../../../graph/element.ts';
import type { Argument } from '../../../query/gremlin/bytecode.ts';
import type { WireElements } from '../wire-elements.ts';
import type { BytesOut } from './bytes-out.ts';

export interface Target {
  readonly out: BytesOut;
  readonly elements: WireElements;
  /** Where vertices of this message lie: paths go through the same ones again and again. */
  readonly written: Map<GraphNode, { readonly from: number; readonly to: number }>;
  /** Its type, its flag, and itself. */
  value(value: Argument): void;
}

/** A count and that many values. */
export function writeItems(values: readonly Argument[], to: Target): void {
  to.out.int32(values.length);
  for (const value of values) to.value(value);
}

export function writeEntries(entries: Iterable<readonly [Argument, Argument]>, size: number, to: Target): void {
  to.out.int32(size);
  for (const [key, value] of entries) {
    to.value(key);
    to.value(value);
  }
}

/** With or without hyphens. */
export function writeUuid(uuid: string, out: BytesOut): void {
  out.raw(Buffer.from(uuid.replaceAll('-', ''), 'hex'));
}
