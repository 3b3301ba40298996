/** What people call a node or an edge, and the value of a key of it. */
import type { WireElement } from '../../contract/element.ts';

export function nameOf(element: WireElement): string {
  const { Name, Type, Table, Priority, GroupId } = element.Metadata;
  if (typeof Name === 'string' && Name !== '') return Name;
  // Rules and groups of OpenFlow have no names: these numbers say more than an id.
  if (Type === 'ofrule') return `rule ${Table}/${Priority}`;
  if (Type === 'ofgroup') return `group ${GroupId}`;
  return element.ID;
}

export function typeOf(element: WireElement): string {
  const { Type } = element.Metadata;
  return typeof Type === 'string' ? Type : '';
}

/** `Name`, `Neighbors.IP` (lists fan out), `@ID`, `@UpdatedAt`; undefined where there is none. */
export function valueAt(element: WireElement, key: string): unknown {
  if (key.startsWith('@')) return (element as unknown as Record<string, unknown>)[key.slice(1)];
  const path = key.replace(/^Metadata\./, '');
  const whole = element.Metadata[path];
  return whole === undefined ? inside(element.Metadata, path.split('.')) : whole;
}

function inside(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(value)) {
    const found = value.flatMap((item) => inside(item, path) ?? []);
    return found.length > 0 ? found : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return inside((value as Record<string, unknown>)[key], rest);
}
