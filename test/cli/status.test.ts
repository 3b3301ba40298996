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

test('on a terminal the remarks of twenty probes stay in their column', async () => {
  const lxd = { Status: 'up', Up: true, Notice: `no LXD: nothing at ${'/var/snap/lxd/unix.socket, '.repeat(4)}/run` };
  await using server = await fakeServer(() => ({
    body: status({ Probes: { netlink: { Status: 'up', Up: true }, lxd } }),
  }));
  const { out } = await skein(['status', '--server', server.url], { columns: 60 });
  const lines = out.slice(out.indexOf('PROBE')).trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  const column = lines.findLast((line) => line.startsWith('lxd'))?.indexOf('no LXD') ?? 0;
  expect(lines.at(-1)).toMatch(new RegExp(`^ {${column}}\\S`));
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

const flows = {
  Live: 12,
  LiveMax: 500_000,
  Places: 3,
  WaitingBytes: 0,
  Packets: 900,
  Dropped: 4,
  Losses: [
    {
      Host: 'h1',
      Node: 'eth0',
      Capture: 'c',
      Stage: 'socket',
      Reason: 'ring buffer full',
      Packets: 4,
      Bytes: 0,
      Flows: 0,
      From: 0,
      To: 0,
    },
  ],
  Archive: {
    Flows: 310,
    Points: 900,
    RawPackets: 7,
    SizeBytes: 2e6,
    Range: { from: Date.UTC(2026, 10, 21, 11), to: Date.UTC(2026, 10, 21, 12) },
    AgesMs: {},
    Notes: ['the oldest were thinned out'],
    Queued: 5,
    Written: 300,
    Failures: 0,
    Lost: 2,
  },
};

const captures = {
  IsMaster: true,
  All: 2,
  Active: 3,
  Failed: 1,
  Mechanisms: [
    { Type: 'ebpf', Doc: '', NodeTypes: [], Nodes: 0, Rank: 2, Why: ['needs CAP_BPF'] },
    { Type: 'afpacket', Doc: '', NodeTypes: [], Nodes: 3, Rank: 1 },
  ],
  Notes: ['web: ebpf: needs CAP_BPF', 'web: eth9: it is down'],
};

test('captures, with what they run and why not better, and flows are part of it', async () => {
  await using server = await fakeServer(() => ({ body: status({ Captures: captures, Flows: flows }) }));
  const { out } = await skein(['status', '--utc', '--server', server.url]);
  expect(out).toContain(`captures   2, active on 3 nodes, failing on 1
           with afpacket on 3
           not ebpf: needs CAP_BPF
           web: eth9: it is down
flows      12 of at most 500000 live; 900 packets seen, 4 dropped
           310 kept and 7 packets, 2.0 MB, from 2026-11-21 11:00:00Z on
           5 wait to be written
           2 could not be kept
           the oldest were thinned out
           4 packets lost at socket of h1 eth0: ring buffer full
`);
  await using none = await fakeServer(() => ({ body: status({ Captures: { IsMaster: true, All: 0 } }) }));
  expect((await skein(['status', '--server', none.url])).out).toContain('captures   none: skein capture start\n');
});

test('doctor says why not the best mechanism, what fails, and what is lost with what would do', async () => {
  await using server = await fakeServer(() => ({ body: status({ Captures: captures, Flows: flows }) }));
  const { out } = await skein(['doctor', '--server', server.url]);
  const of = (name: string) => out.split('\n').filter((line) => line.slice(6, 20).trim() === name);
  expect(of('captures')).toEqual(['warn  captures        1 of 4 nodes cannot be captured on']);
  expect(of('capture')[1]).toContain('web: eth9: it is down');
  expect(of('capture ebpf')).toEqual(['warn  capture ebpf    not taken: needs CAP_BPF']);
  expect(of('flow table')).toEqual(['ok    flow table      12 of at most 500000']);
  expect(of('loss')).toEqual(['warn  loss            4 packets lost at socket of h1 eth0: ring buffer full']);
  expect(out).toContain('\n                      a filter (--bpf), or the mechanism ebpf');
  expect(of('flows kept')).toEqual(['fail  flows kept      2 flows and packets could not be kept']);
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

test('sockets are told of where a probe tells of them, with what found no room', async () => {
  const Sockets = {
    Open: 40,
    Closed: 7,
    Opened: 47,
    Refused: 3,
    Forgotten: 0,
    Translations: 2,
    TranslationsRefused: 1,
    Archive: {
      Sockets: 45,
      SizeBytes: 2_000_000,
      Range: null,
      Notes: ['a note'],
      Queued: 0,
      Written: 45,
      Failures: 0,
      Lost: 5,
    },
  };
  await using server = await fakeServer(() => ({ body: { ...status(), Sockets } }));
  const { out } = await skein(['status', '--server', server.url]);
  expect(out).toContain('sockets    40 open, 2 translations; 45 kept (2.0 MB)\n');
  expect(out).toContain('           4 found no room\n           5 could not be kept\n           a note\n');
});
