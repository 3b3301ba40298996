/** Dotted paths and their values as sections within sections; a path without a value leaves its section there. */
export function nest<T>(values: Iterable<readonly [path: string, value: T | undefined]>): Record<string, unknown> {
  const root = emptySection();
  for (const [path, value] of values) {
    const names = path.split('.');
    const last = names.pop() as string;
    let section = root;
    for (const name of names) {
      const below = section[name];
      const next = isSection(below) ? below : emptySection();
      section[name] = next;
      section = next;
    }
    if (value !== undefined) section[last] = value;
  }
  return root;
}

/** Without a prototype: names come from users, and `__proto__` is one. */
function emptySection(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
