import { checksOf, type Readings } from '../../src/cli/checks.ts';
import { fakeServer } from './fake-server.ts';
import { agent, fleet, relay } from './fleet.ts';
import { status } from './replies.ts';
import { skein } from './terminal.ts';

const noon = Date.UTC(2026, 10, 21, 12);

async function said(change: Parameters<typeof status>[0], ...words: string[]) {
  await using server = await fakeServer(() => ({ body: status(change) }));
  return await skein([...words, '--utc', '--server', server.url]);
}

test('an agent says who keeps what it tells, what waits, and nothing of an archive', async () => {
  const { out } = await said({ Relay: relay(), Archive: null }, 'status');
  expect(out).toContain(`home       wss://one:8082/relay for 1m 30s
           wss://two:8082/relay connected as mirror
spool      1.0 kB of at most 1.0 MB; 2 batches not kept yet
           sent 9 batches, 900 B, 1 of them again
`);
  expect(out).not.toContain('history');
});

test('an agent without a home says since when, why, and what was lost', async () => {
  const { out } = await said(
    {
      Archive: null,
      Relay: relay({
        Home: null,
        Analyzers: [
          { Name: 'wss://one:8082/relay', State: 'away', SentBytes: 0, LastEnd: 'nobody listens', LastEndCode: 'lost' },
        ],
        Spool: { ...relay().Spool, Lost: { samples: 7, flows: 0 }, Fault: 'ENOSPC', Damaged: 1 },
        Notes: ['no analyzer keeps what is told here: it waits in the spool'],
      }),
    },
    'status',
  );
  expect(out).toContain('home       none for 1m 30s: what is told waits in the spool');
  expect(out).toContain('           wss://one:8082/relay away: nobody listens');
  expect(out).toContain('           nothing can be written: ENOSPC');
  expect(out).toContain('           1 batch could not be read back');
  expect(out).toContain('           7 samples lost for lack of room');
});

test('an analyzer counts its agents, and says what is wrong with them', async () => {
  const late = agent('h2', {
    State: 'away',
    Notes: ['agent of h2 is away since noon: what is shown of it is from before'],
  });
  const mirrored = agent('h3', { Role: 'mirror', LagMs: 2_000 });
  const { out } = await said(
    { Fleet: fleet([agent('h1'), late, mirrored], { Refusals: { copy: 2 }, HeldBytes: 5_000, Held: 3 }) },
    'status',
  );
  expect(out).toContain(`agents     2 connected, 1 away; 1 of them kept by another analyzer
           the last word of them is at most 2s old
           5.0 kB of at most 1.0 MB wait for the archive; slowed down 3 times
           refused: copy 2
           agent of h2 is away since noon: what is shown of it is from before
`);
  expect((await said({ Fleet: fleet([]) }, 'status')).out).toContain('agents     none yet: skein agent --analyzer URL');
});

test('agents are listed by host, and chosen by name and column', async () => {
  const agents = [
    agent('web2', { State: 'away', ClockOffsetMs: undefined, LagMs: 65_000, Lost: { flows: 4 } }),
    agent('web1', { ClockOffsetMs: -1_500 }),
    agent('db', { ClockOffsetMs: 12.4 }),
  ];
  const change = { Fleet: fleet(agents) };
  expect((await said(change, 'get', 'agents')).out).toBe(
    `HOST  STATE      SINCE                 ROLE  LAG    CLOCK  VERSION  ADDRESS          LOST
db    connected  2026-11-21 11:59:00Z  home  80ms   +12ms  0.1.0    192.0.2.7:41000
web1  connected  2026-11-21 11:59:00Z  home  80ms   -1.5s  0.1.0    192.0.2.7:41000
web2  away       2026-11-21 11:59:00Z  home  1m 5s         0.1.0    192.0.2.7:41000  4 flows
`,
  );
  const hosts = async (...words: string[]) =>
    (
      JSON.parse((await said(change, 'get', 'agents', ...words, '-o', 'json')).out) as { agents: { host: string }[] }
    ).agents.map(({ host }) => host);
  expect(await hosts('web*')).toEqual(['web1', 'web2']);
  expect(await hosts('-l', 'STATE=away')).toEqual(['web2']);
  expect(await hosts('--where', 'LAG>1000')).toEqual(['web2']);
  expect(await hosts('--host', 'db')).toEqual(['db']);
  const { out } = await said(change, 'get', 'agents', 'web1', '-o', 'json');
  expect(JSON.parse(out)).toMatchObject({
    kind: 'agents',
    agents: [{ host: 'web1', since: noon - 60_000, lag: 80, clock: -1_500, agent: 'id-of-web1', lost: {} }],
  });
});

test('who has no agents, or is asked for agents of then, says so', async () => {
  expect(await said({}, 'get', 'agents')).toMatchObject({ err: expect.stringContaining('it is no analyzer') });
  expect(await said({ Fleet: fleet([]) }, 'get', 'agents', '--at', '-1h')).toMatchObject({
    err: expect.stringContaining('agents are those of now'),
  });
});

const well: Readings = {
  nodeVersion: 'v24.1.0',
  addonError: undefined,
  capabilities: 0x1ffffffffffn,
  kernel: '6.1.0',
  version: '0.1.0',
  serverUrl: 'http://127.0.0.1:8081',
  server: status(),
  clockOffMs: 0,
  disk: undefined,
};

const found = (change: Parameters<typeof status>[0], disk?: Readings['disk']) =>
  checksOf({ ...well, server: status(change), disk })
    .filter(({ state }) => state !== 'ok')
    .map(({ state, name, text, would }) => `${state} ${name}: ${text}${would === undefined ? '' : ` | ${would}`}`);

test('the doctor finds nothing wrong with an agent that has its analyzers', () => {
  expect(found({ Relay: relay(), Archive: null })).toEqual([]);
  expect(found({ Fleet: fleet([agent('h1')]) })).toEqual([]);
});

test.each([
  ['lost', 'nobody listens', 'is its port open'],
  ['token', 'answers 401', 'skein token create --agent --name h1'],
  ['certificate', 'its certificate is not trusted', '--agent-ca FILE'],
  ['copy', 'agent 7 is there twice', 'remove agent-id from its data folder'],
])('the doctor says what would do about an analyzer that cannot be had: %s', (LastEndCode, LastEnd, would) => {
  const Analyzers = [{ Name: 'wss://one/relay', State: 'away', SentBytes: 0, LastEnd, LastEndCode }];
  const checks = found({ Relay: relay({ Home: null, Analyzers }), Archive: null });
  expect(checks[0]).toMatch(/^fail home: no analyzer keeps what is told here, since 2026-11-21T11:58:30.000Z/);
  expect(checks[1]).toContain(`warn analyzer: wss://one/relay: ${LastEnd} (away) | `);
  expect(checks[1]).toContain(would);
});

test('the doctor looks at the clock and at the spool of an agent', () => {
  const [first] = relay().Analyzers;
  const Analyzers = first ? [{ ...first, ClockOffsetMs: 4_000 }] : [];
  const Spool = { ...relay().Spool, Bytes: 9e5, Lost: { flows: 3 } };
  const disk = { path: '/var/spool/skein', freeBytes: 150e6 };
  expect(found({ Relay: relay({ Analyzers, Spool: { ...Spool, BytesMax: 1e6 } }), Archive: null }, disk)).toEqual([
    expect.stringContaining('warn clock: wss://one:8082/relay, its clock 4.0 s ahead'),
    expect.stringContaining('warn spool: 900 kB of at most 1.0 MB, 2 batches wait: nearly full'),
    expect.stringContaining('fail spool: 3 flows lost for lack of room'),
  ]);
  expect(found({ Relay: relay({ Spool: { ...relay().Spool, BytesMax: 2e9 } }), Archive: null }, disk)).toEqual([
    expect.stringContaining(
      'warn disk: 150 MB free at /var/spool/skein, and the spool may grow by 2.0 GB | a smaller --agent-spool-max-size',
    ),
  ]);
});

test('the doctor names agents that are not well', () => {
  const slow = agent('h3', { LagMs: 120_000 });
  const away = agent('h2', { State: 'away', Notes: ['agent of h2 is away since noon'] });
  expect(found({ Fleet: fleet([agent('h1'), away, slow]) })).toEqual([
    'warn agents: 2 connected, 1 away',
    'warn agent: agent of h2 is away since noon',
    'warn agent: what h3 tells is 2m late | see skein status there, and the archive here',
  ]);
});
