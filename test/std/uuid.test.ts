import fc from 'fast-check';
import { uuidV5 } from '../../src/std/uuid.ts';

test('a name gives the UUID that RFC 9562 says', () => {
  // python3 -c 'import uuid; print(uuid.uuid5(uuid.NAMESPACE_OID, "a/b"))'
  expect(uuidV5(['a', 'b'])).toBe('e557c849-a9bd-5c1d-ad6c-db261d9c9e22');
  expect(uuidV5([''])).toBe('0a68eb57-c88a-5f34-9e9d-27f85e68af4f');
  expect(uuidV5(['netz/äöü€😀'])).toBe('0b87e26d-e7dc-55bc-875f-72c879ea3796');
  expect(uuidV5(['x'.repeat(5000)])).toBe('a470bd8a-5785-5386-9640-24b3ade10a58');
});

test('a short name after a long one is still itself', () => {
  const before = uuidV5(['short']);
  uuidV5(['€'.repeat(20_000)]);
  expect(uuidV5(['short'])).toBe(before);
});

test('every name gives a version 5 UUID of the RFC variant', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (parts) => {
      expect(uuidV5(parts)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
  );
});
