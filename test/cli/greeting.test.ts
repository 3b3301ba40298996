import { greeting } from '../../src/cli/greeting.ts';

const sight = {
  interfaces: 1,
  namespaces: 2,
  isAll: true,
  isWatching: true,
  listen: { host: '127.0.0.1', port: 8082 },
  newToken: undefined,
  troubles: [],
};

test('what was found before everything was looked at is said to be that', () => {
  const [line] = greeting({ ...sight, isAll: false, history: undefined }).split('\n');
  expect(line).toBe('Skein sees 1 interface in 2 network namespaces so far, and is still looking.');
});

test('history that ends with the process says so, and no sizes that mean nothing', () => {
  const history = { place: 'memory', sizeBytesMax: 0, ageMsMax: 0, from: 0 };
  const [, , line] = greeting({ ...sight, history }).split('\n');
  expect(line).toBe('  history  in memory, until this process ends, since 1970-01-01T00:00:00.000Z');
});

test('without any probe it says that nothing is watched', () => {
  const said = greeting({ ...sight, isWatching: false, history: undefined });
  expect(said).toContain('\n  missing  no probe runs (probes.enabled is empty): nothing of this host is watched\n');
});
