/** JSON Patch (RFC 6902) over plain JSON: gives a changed copy, or says which operation could not be. */
import type { PatchOp } from '../contract/patch.ts';
import type { Value } from '../graph/element.ts';
import { equal } from '../graph/value.ts';

export type Patched =
  | { readonly value: Value; readonly fault?: undefined }
  | { readonly value?: undefined; readonly fault: string; readonly isTest: boolean };

/** All operations or none. */
export function patched(document: Value, ops: readonly PatchOp[]): Patched {
  let value = document;
  for (const [index, op] of ops.entries()) {
    const next = step(value, op);
    if (next === undefined) {
      const what =
        op.op === 'test' ? 'another value is there' : `there is nothing at ${'from' in op ? op.from : op.path}`;
      return { fault: `operation ${index} (${op.op} ${op.path}): ${what}`, isTest: op.op === 'test' };
    }
    value = next;
  }
  return { value };
}

function step(value: Value, op: PatchOp): Value | undefined {
  const path = keysOf(op.path);
  switch (op.op) {
    case 'add':
      return edit(value, path, { kind: 'add', value: op.value as Value });
    case 'replace':
      return edit(value, path, { kind: 'replace', value: op.value as Value });
    case 'remove':
      return edit(value, path, { kind: 'remove' });
    case 'test': {
      const found = at(value, path);
      return found !== undefined && equal(found, op.value as Value) ? value : undefined;
    }
    case 'copy':
    case 'move': {
      const found = at(value, keysOf(op.from));
      // A thing cannot be moved into itself (RFC 6902 §4.4).
      if (found === undefined || (op.op === 'move' && op.path.startsWith(`${op.from}/`))) return undefined;
      const without = op.op === 'copy' ? value : edit(value, keysOf(op.from), { kind: 'remove' });
      return without === undefined ? undefined : edit(without, path, { kind: 'add', value: found });
    }
  }
}

type Edit = { kind: 'add' | 'replace'; value: Value } | { kind: 'remove' };

function edit(value: Value, path: readonly string[], change: Edit): Value | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return change.kind === 'remove' ? null : change.value;
  if (typeof value !== 'object' || value === null) return undefined;
  return isList(value) ? editList(value, key, rest, change) : editObject(value, key, rest, change);
}

function editObject(object: { readonly [key: string]: Value }, key: string, rest: readonly string[], change: Edit) {
  const has = Object.hasOwn(object, key);
  if (rest.length === 0 && change.kind === 'remove') {
    return has ? Object.fromEntries(Object.entries(object).filter(([name]) => name !== key)) : undefined;
  }
  if (!has && (rest.length > 0 || change.kind === 'replace')) return undefined;
  const inner = edit(object[key] as Value, rest, change);
  return inner === undefined ? undefined : { ...object, [key]: inner };
}

function editList(list: readonly Value[], key: string, rest: readonly string[], change: Edit) {
  const isAppend = key === '-' && rest.length === 0 && change.kind === 'add';
  const index = isAppend ? list.length : indexOf(key);
  if (rest.length === 0 && change.kind === 'add')
    return index <= list.length ? list.toSpliced(index, 0, change.value) : undefined;
  if (index >= list.length) return undefined;
  if (rest.length === 0 && change.kind === 'remove') return list.toSpliced(index, 1);
  const inner = edit(list[index] as Value, rest, change);
  return inner === undefined ? undefined : list.with(index, inner);
}

function at(value: Value, path: readonly string[]): Value | undefined {
  let found: Value | undefined = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    if (isList(found)) found = found[indexOf(key)];
    else found = Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** No leading zero, no sign (RFC 6901 §4). */
function indexOf(key: string): number {
  return /^(0|[1-9]\d{0,8})$/.test(key) ? Number(key) : Number.POSITIVE_INFINITY;
}

function keysOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
