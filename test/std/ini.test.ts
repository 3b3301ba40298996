import { parseIni } from '../../src/std/ini.ts';

test('sections, keys before any section, comments, quotes', () => {
  expect(
    parseIni('top = 1\n; no\n# no\n[a.b]\r\nkey: value with spaces \r\nquoted = "x; y"\nempty =\n[a.b]\nmore=2'),
  ).toEqual({
    top: '1',
    'a.b': { key: 'value with spaces', quoted: 'x; y', empty: '', more: '2' },
  });
});

test('lines that are neither are passed over', () => {
  expect(parseIni('[open\n= x\nwords\n\0\nok = 1')).toEqual({ ok: '1' });
  expect(Object.keys(parseIni('__proto__ = 1'))).toEqual(['__proto__']);
});
