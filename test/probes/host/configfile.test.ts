import { ConfigFile, readConfigFiles } from '../../../src/probes/host/configfile.ts';
import { tree } from './tree.ts';

const FORMATS: readonly (readonly [string, string])[] = [
  ['a.json', '{"db":{"host":"x","port":5}}'],
  ['a.yml', 'db:\n  host: x\n  port: 5\n'],
  ['a.toml', '[db]\nhost = "x"\nport = 5\n'],
  ['a.conf', '[db]\nhost = x\nport = 5\n'],
  ['a.properties', 'db.host = x\ndb.port = 5\n'],
];

test.each(FORMATS)('%s is understood, and a selector takes a part of it', (name, text) => {
  using files = tree({ [name]: text });
  const path = `${files.path}/${name}`;
  const reading = readConfigFiles([
    { name: 'all', path },
    { name: 'host', path, selector: 'db.host' },
  ]);
  expect(reading.problems).toEqual([]);
  expect(reading.values.host).toBe('x');
  expect(JSON.stringify(reading.values.all)).toMatch(/"?5"?/);
});

test('each file that cannot be used is named with the reason, the others count', () => {
  using files = tree({ 'a.json': '{"a":1}', 'b.json': '{', 'c.txt': '', 'd.json': `"${'x'.repeat(300_000)}"` });
  const reading = readConfigFiles(
    ['a.json', 'b.json', 'c.txt', 'd.json', 'e.json'].map((name) => ({ name, path: `${files.path}/${name}` })),
  );
  expect(reading.values).toEqual({ 'a.json': { a: 1 } });
  expect(reading.problems.map((problem) => problem.replace(`${files.path}/`, ''))).toEqual([
    expect.stringMatching(/^b.json: .*JSON/),
    'c.txt: unknown format; say type: json, yaml, toml, ini, properties',
    'd.json: larger than 256 KiB',
    expect.stringMatching(/^e.json: ENOENT/),
  ]);
});

test('a selector that finds nothing says so', () => {
  using files = tree({ 'a.json': '{"a":{"b":1}}' });
  const { problems } = readConfigFiles([{ name: 'x', path: `${files.path}/a.json`, selector: 'a.c' }]);
  expect(problems).toEqual([`${files.path}/a.json: nothing at a.c`]);
});

test('a relative path is refused at the door', () => {
  expect(ConfigFile.safeParse({ name: 'x', path: 'a.json' }).success).toBe(false);
});
