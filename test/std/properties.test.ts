import { parseProperties } from '../../src/std/properties.ts';

test('separators, comments, continued lines and escapes as Java reads them', () => {
  expect(
    parseProperties('# no\n! no\na=1\n b : 2\nc 3\nd\ne\\=f = g\\u00e9\\t!\nlist = x,\\\n   y\nend = \\\\\nlast=1\\'),
  ).toEqual({ a: '1', b: '2', c: '3', d: '', 'e=f': 'gé\t!', list: 'x,y', end: '\\', last: '1' });
});
