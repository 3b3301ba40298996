import { commandText } from '../../../src/probes/sockets/secrets.ts';

const shown = (command: string) => commandText(command.split(' '));

test.each([
  ['app --password=hunter2 -v', 'app --password=*** -v'],
  ['app --password hunter2 -v', 'app --password *** -v'],
  ['app --db-passwd=x1 --token=y2', 'app --db-passwd=*** --token=***'],
  ['app --api-key abc run', 'app --api-key *** run'],
  ['env TOKEN=abc SECRET_KEY=1 GITHUB_TOKEN=zzz app', 'env TOKEN=*** SECRET_KEY=*** GITHUB_TOKEN=*** app'],
  ['docker run -e MYSQL_ROOT_PASSWORD=abc mysql', 'docker run -e MYSQL_ROOT_PASSWORD=*** mysql'],
  ['/usr/bin/mysql -uroot -phunter2 shop', '/usr/bin/mysql -uroot -p*** shop'],
  ['mariadb-dump -phunter2', 'mariadb-dump -p***'],
  ['ssh -p2222 host', 'ssh -p2222 host'],
  ['sshpass -p hunter2 ssh host', 'sshpass -p *** ssh host'],
  ['curl -u ann:hunter2 http://x/', 'curl -u *** http://x/'],
  ['redis-cli -a hunter2', 'redis-cli -a ***'],
  ['psql postgres://ann:hun@ter2@db:5432/shop', 'psql postgres://ann:***@db:5432/shop'],
  ['git clone https://:abc@host/x', 'git clone https://:***@host/x'],
  ['wget http://x/?token=abc&page=2', 'wget http://x/?token=***&page=2'],
  ['app --passive --tokenize=no --port 80', 'app --passive --tokenize=no --port 80'],
  ['app --no-password --verbose', 'app --no-password --verbose'],
])('of “%s” is shown “%s”', (command, expected) => {
  expect(shown(command)).toBe(expected);
});

test('a header with a credential in one argument is hidden whole', () => {
  expect(commandText(['curl', '-H', 'Authorization: Bearer abc.def', 'http://x'])).toBe(
    'curl -H Authorization: *** http://x',
  );
  expect(commandText(['x', '{"password":"a b","user":"ann"}'])).toBe('x {"password":***,"user":"ann"}');
});

test('a command is cut short, after its secrets are gone', () => {
  const text = commandText(['app', 'x'.repeat(230), '--password=hunter2-and-much-more-of-it-than-there-is-room']);
  expect(text.length).toBeLessThanOrEqual(256);
  expect(text).not.toContain('hunter2');
  expect(commandText(['y'.repeat(1000)])).toHaveLength(256);
});

test('a process without arguments has no command', () => {
  expect(commandText([])).toBe('');
});
