import { fakeServer } from './fake-server.ts';
import { status } from './replies.ts';
import { skein } from './terminal.ts';

test('the status says what is known, what is kept and what runs', async () => {
  await using server = await fakeServer(() => ({ body: status() }));
  const { out } = await skein(['status', '--utc', '--server', server.url]);
  expect(server.heard[0]).toMatchObject({ method: 'GET', path: '/api/status' });
  expect(out).toBe(`skein      0.1.0 on h1, pid 4711
asked at   127.0.0.1:8082
running    1m 5s, since 2026-11-21 11:58:55Z
memory     98.0 MB
graph      3 nodes, 2 edges, revision 42
history    /var/lib/skein/archive/skein.db (embedded)
           1.0 MB of at most 1.0 GB, at most 7d old
           from 2026-11-21 11:00:00Z (1h ago); 310 versions, 52 samples

PROBE    STATE  ERRORS  REMARK
netlink  up          0
`);
});

test('what does not work says what it needs', async () => {
  const netlink = {
    Status: 'waiting',
    Up: false,
    Errors: 3,
    LastError: 'netlink: needs CAP_NET_ADMIN',
    Needs: 'CAP_NET_ADMIN',
    RetryAt: Date.UTC(2026, 10, 21, 12, 0, 30),
  };
  await using server = await fakeServer(() => ({
    body: status({ Probes: { netlink }, Archive: null, Notes: ['history is kept in memory only'] }),
  }));
  const { out } = await skein(['status', '--server', server.url]);
  expect(out).toContain('netlink  waiting       3  netlink: needs CAP_NET_ADMIN, trying again in 30s');
  expect(out).toContain('history    none is kept');
  expect(out).toContain('note       history is kept in memory only');
});

test('the status for programs is what the server sent', async () => {
  await using server = await fakeServer(() => ({ body: status() }));
  expect(JSON.parse((await skein(['status', '-o', 'json', '--server', server.url])).out)).toEqual(status());
});

test('version tells of both sides, and does without a server', async () => {
  await using server = await fakeServer(() => ({ body: { Host: 'h1', Version: '0.9.0', Service: 'analyzer' } }));
  expect((await skein(['version', '--server', server.url])).out).toContain('server  0.9.0 (analyzer on h1');
  const alone = await skein(['version', '--server', 'http://127.0.0.1:1']);
  expect(alone.out).toContain('server  none: cannot reach');
  expect(alone.exitCode).toBe(0);
});
