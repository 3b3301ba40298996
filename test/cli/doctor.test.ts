import type { Check } from '../../src/cli/check.ts';
import { checksOf, type Readings } from '../../src/cli/checks.ts';
import type { Status } from '../../src/contract/status.ts';
import { effectiveIn, lackingIn } from '../../src/std/capabilities.ts';
import { status } from './replies.ts';

const well: Readings = {
  nodeVersion: 'v24.1.0',
  addonError: undefined,
  capabilities: 0x1ffffffffffn,
  kernel: '6.1.0-18-amd64',
  version: '0.1.0',
  serverUrl: 'http://127.0.0.1:8082',
  server: status(),
  clockOffMs: -800,
  disk: { path: '/var/lib/skein', freeBytes: 50e9 },
};

const found = (change: Partial<Readings>) =>
  checksOf({ ...well, ...change })
    .filter(({ state }) => state !== 'ok')
    .map(({ state, name, text }: Check) => `${state} ${name}: ${text}`);

test('a machine that has everything has nothing to complain of', () => {
  expect(found({})).toEqual([]);
});

test.each<[string, Partial<Readings>, string[]]>([
  ['an old Node.js', { nodeVersion: 'v18.20.0' }, ['fail node: v18.20.0 is too old']],
  ['no addon', { addonError: 'it does not load' }, ['fail addon: it does not load']],
  ['an old kernel', { kernel: '4.19.0' }, ['warn kernel: 4.19.0 cannot name namespaces for good']],
  ['a kernel just new enough', { kernel: '5.14.0' }, []],
  [
    'a user without rights, and no server to ask',
    { capabilities: 0n, server: { error: 'cannot reach it', hint: undefined } },
    [
      'warn capability: no CAP_SYS_ADMIN: only the namespace it is started in is seen',
      'warn capability: no CAP_SYS_PTRACE: namespaces and sockets that only processes of others hold are not found',
      'warn capability: no CAP_NET_ADMIN: messages of the kernel may be lost in bursts, and are read again',
      'warn capability: no CAP_NET_RAW: no packets are captured, and neighbours are not heard',
      'warn capability: no CAP_BPF: the kernel counts no flows, and does not tell of sockets',
      'warn capability: no CAP_PERFMON: the kernel counts no flows, and does not tell of sockets',
      'fail server: cannot reach it',
    ],
  ],
  ['no server', { server: { error: 'cannot reach it', hint: undefined } }, ['fail server: cannot reach it']],
  ['another version', { server: status({ Version: '0.2.0' }) }, ['warn server: http://127.0.0.1:8082: 0.2.0, 3 nodes']],
  ['clocks apart', { clockOffMs: 65_000 }, ["warn clock: the server's is 65 s ahead"]],
  ['a full disk', { disk: { path: '/d', freeBytes: 5e6 } }, ['fail disk: 5.0 MB free at /d']],
  [
    'a disk that may fill up',
    { disk: { path: '/d', freeBytes: 500e6 } },
    ['warn disk: 500 MB free at /d, and the archive may grow by 999 MB'],
  ],
  [
    'a probe that waits',
    {
      server: status({
        Probes: { netlink: { Status: 'waiting', Up: false, LastError: 'EPERM', Needs: 'CAP_NET_ADMIN' } },
      }),
    },
    ['warn probe netlink: EPERM'],
  ],
  [
    'a probe that lacks something, and one that complains',
    {
      server: status({
        Probes: {
          sockets: { Status: 'up', Up: true, Missing: [{ What: 'CAP_BPF', Without: 'sockets are looked for' }] },
          ovs: {
            Status: 'up',
            Up: true,
            Complaint: 'the switch does not answer',
            Notice: 'the switch does not answer',
          },
        },
      }),
    },
    ['warn probe sockets: lacks CAP_BPF: sockets are looked for', 'warn probe ovs: the switch does not answer'],
  ],
  ['a probe that is switched off', { server: status({ Probes: { lldp: { Status: 'off', Up: false } } }) }, []],
  ['no history', { server: status({ Archive: null }) }, ['warn archive: no history is kept']],
  [
    'a loss',
    { server: archive({ Lost: 7, Notes: ['disk full'] }) },
    ['fail archive: 7 changes could not be kept; disk full'],
  ],
  [
    'that nobody is told of alerts',
    { server: status({ Alerts: { IsMaster: true, All: 2, Held: 'what is found waits, and nobody is told: away' } }) },
    ['fail alerts: what is found waits, and nobody is told: away'],
  ],
  [
    'that it is not known how alerts stand',
    { server: status({ Alerts: { IsMaster: false, All: 2, Held: 'they are as they were last: away' } }) },
    ['warn alerts: they are as they were last: away'],
  ],
  ['a failed archive', { server: archive({ State: 'failed', Notes: ['no space'] }) }, ['fail archive: no space']],
])('%s is found', (_, change, findings) => {
  expect(found(change)).toEqual(findings);
});

function archive(change: Partial<NonNullable<Status['Archive']>>): Status {
  const whole = status();
  return { ...whole, Archive: whole.Archive && { ...whole.Archive, ...change } };
}

test('for each probe it is said what is there, and what would show what is not', () => {
  const server = status({
    Probes: {
      docker: { Status: 'up', Up: true, Sees: { container: 3, dockernetwork: 2 } },
      ovn: { Status: 'up', Up: true, Sees: {}, Notice: 'no OVN: nothing at unix:/run/ovn/ovnnb_db.sock' },
      lldp: { Status: 'up', Up: true, Sees: {} },
      blockdev: { Status: 'off', Up: false, Doc: 'Block devices.' },
    },
  });
  const probes = checksOf({ ...well, server }).filter(({ name }) => name.startsWith('probe '));
  expect(probes).toEqual([
    { name: 'probe docker', state: 'ok', text: '3 container, 2 dockernetwork' },
    { name: 'probe ovn', state: 'ok', text: 'no OVN: nothing at unix:/run/ovn/ovnnb_db.sock' },
    { name: 'probe lldp', state: 'ok', text: 'nothing to show' },
    { name: 'probe blockdev', state: 'ok', text: 'off', would: 'name it in --probes-enabled to see: Block devices.' },
  ]);
});

test('what a user may do is read from the kernel, also where one capability stands for two', () => {
  const effective = effectiveIn('Name:\tnode\nCapEff:\t0000000000200000\n') ?? 0n;
  expect(lackingIn('CAP_BPF and CAP_PERFMON, or CAP_NET_ADMIN', effective)).toEqual(['CAP_NET_ADMIN']);
  expect(lackingIn('the socket /run/docker.sock', 0n)).toEqual([]);
  expect(effectiveIn('nothing of it')).toBeUndefined();
});
