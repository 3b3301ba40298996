import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { patched } from '../../src/api/json-patch.ts';
import type { PatchOp } from '../../src/contract/patch.ts';
import type { Value } from '../../src/graph/element.ts';

const apply = (document: Value, ...ops: PatchOp[]) => patched(document, ops).value;

// RFC 6902, appendix A, in its order.
test('the examples of the RFC come out as it says', () => {
  expect(apply({ foo: 'bar' }, { op: 'add', path: '/baz', value: 'qux' })).toEqual({ baz: 'qux', foo: 'bar' });
  expect(apply({ foo: ['bar', 'baz'] }, { op: 'add', path: '/foo/1', value: 'qux' })).toEqual({
    foo: ['bar', 'qux', 'baz'],
  });
  expect(apply({ baz: 'qux', foo: 'bar' }, { op: 'remove', path: '/baz' })).toEqual({ foo: 'bar' });
  expect(apply({ foo: ['bar', 'qux', 'baz'] }, { op: 'remove', path: '/foo/1' })).toEqual({ foo: ['bar', 'baz'] });
  expect(apply({ baz: 'qux' }, { op: 'replace', path: '/baz', value: 'boo' })).toEqual({ baz: 'boo' });
  const moved = { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } };
  expect(apply(moved, { op: 'move', from: '/foo/waldo', path: '/qux/thud' })).toEqual({
    foo: { bar: 'baz' },
    qux: { corge: 'grault', thud: 'fred' },
  });
  expect(apply({ foo: ['all', 'grass', 'cows', 'eat'] }, { op: 'move', from: '/foo/1', path: '/foo/3' })).toEqual({
    foo: ['all', 'cows', 'eat', 'grass'],
  });
  expect(apply({ baz: 'qux', foo: ['a', 2, 'c'] }, { op: 'test', path: '/foo/1', value: 2 })).toBeDefined();
  expect(patched({ baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }])).toMatchObject({ isTest: true });
  expect(apply({ foo: 'bar' }, { op: 'add', path: '/child', value: { grandchild: {} } })).toHaveProperty('child');
  expect(apply({ foo: 'bar' }, { op: 'add', path: '/baz/bat', value: 'qux' })).toBeUndefined();
  expect(apply({ '/': 9, '~1': 10 }, { op: 'test', path: '/~01', value: 10 })).toBeDefined();
  expect(apply({ '/': 9, '~1': 10 }, { op: 'test', path: '/~01', value: '10' })).toBeUndefined();
  expect(apply({ foo: ['bar'] }, { op: 'add', path: '/foo/-', value: ['abc'] })).toEqual({ foo: ['bar', ['abc']] });
});

test('places that are not there are refused, each with its operation', () => {
  expect(patched({ a: [1] }, [{ op: 'add', path: '/a/2', value: 1 }]).fault).toContain('operation 0 (add /a/2)');
  for (const path of ['/a/01', '/a/-1', '/a/1e0', '/a/-', '/a/1']) {
    expect(patched({ a: [1] }, [{ op: 'remove', path }]).fault).toBeDefined();
  }
  expect(patched({}, [{ op: 'remove', path: '/constructor' }]).fault).toBeDefined();
  expect(patched({}, [{ op: 'copy', from: '/toString', path: '/x' }]).fault).toBeDefined();
});

test('what was given is never changed, and adding then removing is nothing', () => {
  const json = fc.jsonValue().map((value) => value as Value);
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ minLength: 1 }), json),
      fc.string({ minLength: 1 }),
      json,
      (document, key, value) => {
        fc.pre(!Object.hasOwn(document, key) && key !== '__proto__');
        const before = structuredClone(document);
        const path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        expect(apply(document, { op: 'add', path, value: value as never }, { op: 'remove', path })).toEqual(before);
        expect(document).toEqual(before);
      },
    ),
  );
});
