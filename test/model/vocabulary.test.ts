import * as z from 'zod';
import { field, fieldWords, indexedKeysOf, keysOf, mergedTypes, nodeType } from '../../src/model/vocabulary.ts';

const host = nodeType('host', 'A machine.', {
  Name: field(z.string(), { doc: 'Its name', example: 'h', index: true }),
  OS: field(z.string(), { doc: 'Its system', example: 'linux' }),
});

test('two fields of one schema keep words of their own', () => {
  const shared = z.string();
  const [a, b] = [field(shared, { doc: 'a', example: 'a' }), field(shared, { doc: 'b', example: 'b' })];
  expect([fieldWords.get(a)?.doc, fieldWords.get(b)?.doc, fieldWords.get(shared)]).toEqual(['a', 'b', undefined]);
});

test('what several say of one type is one type, with the words of the first', () => {
  const more = nodeType('host', 'What routing adds.', {
    Name: field(z.string(), { doc: 'Another word', example: 'x' }),
    Rules: field(z.array(z.string()).optional(), { doc: 'Its rules', example: [] }),
  });
  const [merged, ...others] = mergedTypes([host, more]);
  expect(others).toEqual([]);
  expect(merged?.doc).toBe('A machine.');
  expect(keysOf([merged as typeof host])).toEqual(['Name', 'OS', 'Rules']);
  expect(fieldWords.get(merged?.fields.shape.Name as z.ZodType)?.doc).toBe('Its name');
});

test('an index is kept on the keys that ask for one', () => {
  expect(indexedKeysOf([host])).toEqual(['Name']);
});
