import { mistake } from '../../src/std/mistake.ts';
import { Unavailable } from '../../src/std/unavailable.ts';
import { skein } from './terminal.ts';

test('without a word it lists what there is', async () => {
  const { out, exitCode } = await skein([]);
  expect(out).toContain('Usage: skein [options] [command]');
  expect(out).toMatch(/^ {2}get +list things/m);
  expect(out).not.toContain('__complete');
  expect(exitCode).toBe(0);
});

test('every command has a help with an example', async () => {
  const { out } = await skein(['--help']);
  const names = [...out.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map((match) => match[1] ?? '');
  expect(names).toContain('doctor');
  for (const name of names) {
    const help = await skein(['help', name]);
    expect(help).toEqual(await skein([name, '--help']));
    expect(help.out).toContain(`Usage: skein ${name}`);
    expect(help.out).toContain(`$ skein ${name}`);
  }
});

test('a word that is no command is told with the nearest that is', async () => {
  const { err, exitCode } = await skein(['staus']);
  expect(err).toContain('Did you mean status?');
  expect(exitCode).toBe(2);
});

test('a wrong option or a wrong value of one is wrong usage', async () => {
  for (const words of [
    ['query'],
    ['query', 'G', '--lmit', '3'],
    ['query', 'G', '--limit', 'many'],
    ['query', 'G', '-o', 'xml'],
    ['query', 'G', '-o', 'columns='],
    ['query', 'G', '--timeout', 'soon'],
    ['query', 'G', '--server', 'ftp://x'],
    ['query', 'G', '--token-file', '/nowhere/token'],
    ['query', 'G', '--explain', '--profile'],
    ['watch', 'flows'],
    ['watch', '--since', '-5m'],
    ['diff'],
    ['completion', 'tcsh'],
  ]) {
    const { exitCode, out, err } = await skein(words);
    expect({ words, exitCode, out }).toEqual({ words, exitCode: 2, out: '' });
    expect(err).not.toBe('');
  }
});

test.each([
  [['nothing'], "skein: unknown command 'nothing'\n  skein --help lists what there is\n"],
  [['get'], "skein: missing required argument 'things'\n  skein get --help says what it takes\n"],
  [['capture', 'get'], "skein: missing required argument 'capture'\n  skein capture --help says what it takes\n"],
  [['get', 'if', '--timeout', 'soon'], 'skein: "soon" is no duration\n  like 10s, 500ms or 2m\n'],
  [['drops', '--for', '0s'], 'skein: "0s" is no duration\n  like 30s or 5m\n'],
  [['alert', 'silence', 'a', '--for', 'long'], 'skein: "long" is no duration\n  like --for 2h\n'],
  [['workflow', 'run', '/nowhere/a.js'], 'skein: cannot read /nowhere/a.js: there is no such file\n'],
  [['pcap', '/nowhere/a.pcap'], 'skein: cannot read /nowhere/a.pcap: there is no such file\n'],
  [
    ['get', 'if', '--token-file', '/nowhere/token'],
    'skein: cannot read the token in /nowhere/token: there is no such file\n',
  ],
])('of %j it is said what is wrong, and what would do', async (words, said) => {
  expect(await skein(words)).toMatchObject({ exitCode: 2, out: '', err: said });
});

test('up is given the flags as they were typed, and its exit code is ours', async () => {
  const given: unknown[] = [];
  const up = async (options: unknown) => {
    given.push(options);
    return 3;
  };
  const words = ['up', '--listen', '127.0.0.1:0', '--archive-max-age', '30d', '--config', 'x.yaml', '--host-id', 'n1'];
  expect((await skein(words, { run: (_, options) => up(options) })).exitCode).toBe(3);
  expect(given).toEqual([{ listen: '127.0.0.1:0', archiveMaxAge: '30d', config: 'x.yaml', host: 'n1' }]);
});

test('a mistake and a refusal of the world are told from each other and from a bug', async () => {
  const failing = (error: Error) => skein(['up'], { run: () => Promise.reject(error) });
  expect(await failing(mistake('config.x', 'no option "lisen"', 'did you mean listen?'))).toEqual({
    exitCode: 2,
    out: '',
    err: 'skein: no option "lisen"\n  did you mean listen?\n',
  });
  expect(await failing(new Unavailable('port 8082', 'another --listen'))).toEqual({
    exitCode: 3,
    out: '',
    err: 'skein: port 8082: needs another --listen\n',
  });
  await expect(failing(new TypeError('x is undefined'))).rejects.toThrow('x is undefined');
});

test('colors are for terminals, unless someone says otherwise', async () => {
  const isColored = async (words: string[], options = {}) =>
    (await skein(['doctor', '--server', 'http://127.0.0.1:1', ...words], options)).out.includes('\u001b[');
  expect(await isColored([])).toBe(false);
  expect(await isColored([], { columns: 80 })).toBe(true);
  expect(await isColored([], { columns: 80, env: { NO_COLOR: '1' } })).toBe(false);
  expect(await isColored(['--color', 'never'], { columns: 80 })).toBe(false);
  expect(await isColored(['--color', 'always'])).toBe(true);
});

test('a completion script is there for each shell, and asks skein itself', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out } = await skein(['completion', shell]);
    expect(out).toContain('__complete --');
    expect(out).not.toContain('\\$');
  }
});
