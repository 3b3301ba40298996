/** Values of columns (RFC 7047 §5.1) in the form we keep them, by the shape that the schema gives the column. */
export type Atom = string | number | boolean;
export type ColumnValue = Atom | readonly Atom[] | ReadonlyMap<string, Atom> | undefined;

/** At most one value, several, or pairs. */
export type Shape = 'one' | 'set' | 'map';

export function readValue(raw: unknown, shape: Shape): ColumnValue {
  if (shape === 'map') return readMap(raw);
  const atoms = readSet(raw);
  return shape === 'set' ? atoms : atoms[0];
}

/**
 * What a change of a column makes of it (ovsdb-server(7), "Update2 Notification"): of sets the members that come or go,
 * of maps the pairs that are removed, as they were, and those that are added or changed, as they are.
 */
export function changedValue(before: ColumnValue, raw: unknown, shape: Shape): ColumnValue {
  const change = readValue(raw, shape);
  if (change instanceof Map) {
    const pairs = new Map(before instanceof Map ? before : undefined);
    for (const [key, value] of change) {
      if (pairs.get(key) === value) pairs.delete(key);
      else pairs.set(key, value);
    }
    return pairs;
  }
  if (!Array.isArray(change)) return change;
  const members = new Set<Atom>(Array.isArray(before) ? before : []);
  for (const atom of change as readonly Atom[]) if (!members.delete(atom)) members.add(atom);
  return [...members];
}

function readMap(raw: unknown): Map<string, Atom> {
  const pairs = new Map<string, Atom>();
  if (!Array.isArray(raw) || raw[0] !== 'map' || !Array.isArray(raw[1])) return pairs;
  for (const pair of raw[1]) {
    if (!Array.isArray(pair)) continue;
    const [key, value] = pair.map(readAtom);
    if (key !== undefined && value !== undefined) pairs.set(String(key), value);
  }
  return pairs;
}

function readSet(raw: unknown): Atom[] {
  const list = Array.isArray(raw) && raw[0] === 'set' && Array.isArray(raw[1]) ? raw[1] : [raw];
  return list.flatMap((one) => readAtom(one) ?? []);
}

function readAtom(raw: unknown): Atom | undefined {
  if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') return raw;
  // ["uuid", "…"]
  return Array.isArray(raw) && raw[0] === 'uuid' && typeof raw[1] === 'string' ? raw[1] : undefined;
}
