/** An element as a message names it: by its id, with what else was said of it. A run looks it up in its own graph. */
import type { GValue } from './value.ts';

export class Reference {
  readonly names: 'vertex' | 'edge' | 'vertexProperty' | 'property';
  /** Null for a property, which has none. */
  readonly id: GValue;
  /** Of a property: its key. */
  readonly label: string;
  /** Of a property. */
  readonly value: GValue;
  readonly properties: readonly Reference[];
  /** Of an edge: where it leads from and to. */
  readonly ends: { readonly outV: Reference; readonly inV: Reference } | undefined;

  constructor(
    names: Reference['names'],
    {
      id,
      label,
      value = null,
      properties = [],
      ends,
    }: Pick<Reference, 'id' | 'label'> & Partial<Omit<Reference, 'names'>>,
  ) {
    this.names = names;
    this.id = id;
    this.label = label;
    this.value = value;
    this.properties = properties;
    this.ends = ends;
  }
}
