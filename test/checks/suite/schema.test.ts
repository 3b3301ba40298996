import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { suiteJsonSchema } from '../../../src/checks/suite/json-schema.ts';
import { parseSuites } from '../../../src/checks/suite/parse.ts';
import { suiteTemplate } from '../../../src/cli/check-template.ts';

const validate = new Ajv.default({ strict: false, allErrors: true }).compile(suiteJsonSchema());
const shop = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'shop.check.yaml'), 'utf8');

test.each([
  ['the suite with a check of each kind', shop],
  ['what skein check init writes', suiteTemplate],
])('%s is right by the JSON Schema as it is by the parser', (_, text) => {
  validate(parse(text));
  expect(validate.errors ?? []).toEqual([]);
  const variables = { vars: {}, env: { CI_START: '-1h' }, allowed: new Set<string>() };
  expect(parseSuites([{ file: 'f', text }], variables).warnings).toEqual([]);
});

test.each([
  ['an unknown key', shop.replace('severity:', 'severty:')],
  ['an unknown protocol', shop.replace('proto: tcp', 'proto: tpc')],
  ['a port that is none', shop.replace('port: 443', 'port: 70000')],
  ['two kinds at once', shop.replace('    metric:', '    query: G.V()\n    metric:')],
  ['no name', shop.replace('    name: no port is down\n', '')],
])('%s is wrong by both', (_, text) => {
  expect(text).not.toBe(shop);
  expect(validate(parse(text))).toBe(false);
  const variables = { vars: {}, env: { CI_START: '-1h' }, allowed: new Set<string>() };
  expect(() => parseSuites([{ file: 'f', text }], variables)).toThrow();
});

test('everything that can be said is described, for those who type it in an editor', () => {
  const text = JSON.stringify(suiteJsonSchema());
  expect(text.length).toBeLessThan(200_000);
  expect(text).toContain('Whether packets get from one end to another.');
  expect(text).toContain('inject sends packets and looks for them on their way');
});
