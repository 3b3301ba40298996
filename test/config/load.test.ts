import { loadConfig } from '../../src/config/load.ts';
import { probes as probeList } from '../../src/probes/index.ts';
import { Mistake } from '../../src/std/mistake.ts';

const machine = { hostname: 'h1', isRoot: true, dataHome: '/home/me/.local/share' };
const probes = probeList.map(({ name }) => name);
const load = (text?: string, more: { flags?: Record<string, unknown>; env?: Record<string, string> } = {}) =>
  loadConfig({ machine, probes, ...(text !== undefined && { file: { name: 'skein.yaml', text } }), ...more });

/** Messages and hints of what is wrong. */
function wrong(...input: Parameters<typeof load>): string[] {
  try {
    load(...input);
  } catch (error) {
    if (error instanceof Mistake)
      return error.faults.map(({ message, hint }) => (hint ? `${message} (${hint})` : message));
    throw error;
  }
  return [];
}

test('without anything it takes the defaults of the machine', () => {
  const { config, notes } = load();
  expect(config.listen).toEqual({ host: '127.0.0.1', port: 8082 });
  expect(config.host).toBe('h1');
  expect(config.data).toBe('/var/lib/skein');
  expect(config.archive).toEqual({
    sockets: { maxSize: 512 * 1024 ** 2, maxAge: 7 * 86_400_000 },
    kind: 'embedded',
    directory: '/var/lib/skein/archive',
    elasticsearch: {
      urls: ['http://127.0.0.1:9200'],
      prefix: 'skein-',
      shards: 1,
      replicas: 0,
      sliceSize: 5 * 1024 ** 3,
      sliceAge: 86_400_000,
      timeout: 30_000,
    },
    maxSize: 1024 ** 3,
    maxAge: 7 * 86_400_000,
    flows: {
      maxSize: 2 * 1024 ** 3,
      tracesSize: 512 * 1024 ** 2,
      maxAge: 7 * 86_400_000,
      points: 6 * 3_600_000,
      points1m: 2 * 86_400_000,
      points5m: 14 * 86_400_000,
      points1h: 90 * 86_400_000,
      queue: 50_000,
      rawPackets: 86_400_000,
    },
  });
  expect(config.tokenFile).toBe('/var/lib/skein/token');
  expect(config.probes.netns.paths).toEqual(['/var/run/netns', '/var/run/docker/netns']);
  expect(notes).toEqual([]);
});

test("who is not root keeps things in a folder of one's own", () => {
  const { config } = loadConfig({ machine: { ...machine, isRoot: false }, probes });
  expect(config.data).toBe('/home/me/.local/share/skein');
});

test('what lies in the data folder goes where the data folder goes', () => {
  expect(load('data: /srv/skein').config.archive.directory).toBe('/srv/skein/archive');
  expect(load(undefined, { flags: { data: '/tmp/x' } }).config.tokenFile).toBe('/tmp/x/token');
});

test('a flag wins over a variable, that over the file, that over the default', () => {
  const text = 'graph: { horizon: 2m }\nquery: { timeout: 2s, items: 2000 }';
  const env = { SKEIN_QUERY_TIMEOUT: '3s', SKEIN_QUERY_ITEMS: '3000' };
  const { config } = load(text, { env, flags: { queryItems: '4000' } });
  expect([config.graph.horizon, config.query.timeout, config.query.items]).toEqual([120_000, 3_000, 4_000]);
});

test('keys are nested, dotted, or both, in YAML or in JSON', () => {
  for (const text of ['archive:\n  maxSize: 2GiB', 'archive.maxSize: 2GiB', '{\n\t"archive.maxSize": "2GiB"\n}']) {
    expect(load(text).config.archive.maxSize).toBe(2 * 1024 ** 3);
  }
  expect(load('probes: { netlink.metricsUpdate: 5s }').config.probes.netlink.metricsUpdate).toBe(5_000);
});

test('variables and flags carry lists and maps as text', () => {
  const env = { SKEIN_PROBES_ENABLED: 'host, netlink', SKEIN_PROBES_HOST_METADATA: '{"site":"lab"}' };
  const { config } = load(undefined, { env });
  expect(config.probes.enabled).toEqual(['host', 'netlink']);
  expect(config.probes.host.metadata).toEqual({ site: 'lab' });
});

test('a file with nothing in it is fine, and so are sections with nothing in them', () => {
  expect(load('').notes).toEqual([]);
  expect(load('# nothing\nanalyzer:\n  # listen: :8082\nagent:\nlisten:\n').config.listen.port).toBe(8082);
});

test('all mistakes are told at once, with their lines', () => {
  const text = 'listn: 127.0.0.1:80\nquery:\n  timeout: 5\n  itens: 3\narchive: big\nlog.level: loud\n';
  expect(wrong(text, { env: { SKEIN_GRAPH_HORIZON: 'soon' } })).toEqual([
    'skein.yaml:1: no option named "listn" (did you mean listen?)',
    'skein.yaml:4: no option named "query.itens" (did you mean query.items?)',
    'skein.yaml:5: "archive" is a section: it takes options, not a value',
    'skein.yaml:6: log.level: has to be debug, info, warn or error',
    'SKEIN_GRAPH_HORIZON: "soon" is not a duration, like 30s, 5m, 12h or 7d',
    'skein.yaml:3: query.timeout: 5 is not a duration, like 30s, 5m, 12h or 7d',
  ]);
});

test('a section that is nearly one, and a probe that is nearly one, are told beside others', () => {
  expect(wrong('probs:\n  enabled: host\nprobes.enabled: [netlnk]\narchive.maxSize: 1XB\n')).toEqual([
    'skein.yaml:1: no option named "probs" (did you mean probes?)',
    'skein.yaml:4: archive.maxSize: "1XB" is not a size, like 512MiB or 1GiB',
    'skein.yaml:3: probes.enabled: no probe named "netlnk" (did you mean netlink?)',
  ]);
});

test('a mistake in the file points at its place', () => {
  const text = 'host: a\nlisten: nowhere\n';
  expect.assertions(1);
  try {
    load(text);
  } catch (error) {
    const { faults, input } = error as Mistake;
    expect(faults.map(({ from, to }) => input?.slice(from, to))).toEqual(['nowhere']);
  }
});

test('broken YAML, a list, and too much are mistakes', () => {
  expect(wrong('a: [1')[0]).toMatch(/^skein.yaml:1: /);
  expect(wrong('listen: a:1\nlisten: b:2')[0]).toMatch(/^skein.yaml:2: .*unique/);
  expect(wrong('- listen')).toEqual([
    'skein.yaml:1: a configuration is a map of options, like "listen: 127.0.0.1:8082"',
  ]);
  expect(wrong(`# ${'x'.repeat(2_000_000)}`)[0]).toMatch('more than 1048576 characters');
  expect(wrong(`ui.x: &x [1]\n${ALIASES_OF_ALIASES}`)).toContain('skein.yaml:5: "ui.d" holds too many aliases');
});

test('a probe that does not exist is a mistake, with the name that was meant', () => {
  expect(wrong('probes.enabled: [host, netlnk]')).toEqual([
    'skein.yaml:1: probes.enabled: no probe named "netlnk" (did you mean netlink?)',
  ]);
});

test('values outside of their bounds are mistakes', () => {
  expect(wrong(undefined, { flags: { archiveMaxSize: '1kB', queryTimeout: '2h', listen: '1.2.3.4:99999' } })).toEqual([
    '--listen: "1.2.3.4:99999" is not an address, like 127.0.0.1:8082, [::1]:8082 or :8082',
    '--archive-max-size: has to be between 16MiB and 16TiB',
    '--query-timeout: has to be between 10ms and 1h',
  ]);
});

test('a variable that is nearly an option gets a word, others do not', () => {
  const { notes } = load(undefined, { env: { SKEIN_LISTN: 'x', SKEIN_SERVER: 'x', SKEIN_TEST_DIR: 'x', PATH: 'x' } });
  expect(notes).toEqual([{ key: 'SKEIN_LISTN', text: 'SKEIN_LISTN: does nothing; did you mean SKEIN_LISTEN?' }]);
});

test("a variable that joins our prefix with Skydive's own name for an option is told the option's", () => {
  const { notes } = load(undefined, { env: { SKEIN_HOST_ID: 'x', SKEIN_ANALYZER_LISTEN: 'x', SKEIN_LISTEN: 'x:1' } });
  expect(notes).toEqual([
    { key: 'SKEIN_HOST_ID', text: 'SKEIN_HOST_ID: does nothing; did you mean SKEIN_HOST?' },
    { key: 'SKEIN_ANALYZER_LISTEN', text: 'SKEIN_ANALYZER_LISTEN: does nothing; did you mean SKEIN_LISTEN?' },
  ]);
});

/** Each line is ten of the line before. */
const ALIASES_OF_ALIASES = ['xa', 'ab', 'bc', 'cd']
  .map(([of, name]) => `ui.${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`)
  .join('\n');
