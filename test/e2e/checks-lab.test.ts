/**
 * All kinds of checks on a site that is well, and what each says of faults that were made on purpose: code, place, what
 * decides, the kernel's word, and the fault among the changes since it was fine. Then all is well again. Needs root.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckLine, CheckResult, RunSummary } from '../../src/checks/result.ts';
import { eventually } from '../eventually.ts';
import { ChecksWorld } from './checks_world.ts';
import { type Running, skeinUp } from './running.ts';

const file = join(import.meta.dirname, 'checks-lab.yaml');
const stack = new AsyncDisposableStack();
let world: ChecksWorld;
let skein: Running;
let vars: Readonly<Record<string, string | number>>;

beforeAll(async () => {
  world = stack.use(await ChecksWorld.start());
  const data = mkdtempSync(join(tmpdir(), 'skein-checks-'));
  stack.defer(() => rmSync(data, { recursive: true, force: true }));
  skein = stack.use(await skeinUp(data, '--probes-ovs-databases', world.hosts.database));
  const [clientTID, routerTID] = await Promise.all([
    tidOf(world.client.name, 'eth0'),
    tidOf(world.router.name, 'eth0'),
  ]);
  vars = { ...world.vars, clientTID, routerTID };
}, 120_000);

afterAll(() => stack.disposeAsync(), 120_000);

test('all is well', async () => {
  const { results, summary } = await run({ patience: '20s' });
  expect(results.filter(({ status }) => status !== 'ok').map(told)).toEqual(['later skipped']);
  expect(summary.checks).toBeGreaterThan(40);
  expect(new Set(results.map(({ check }) => check)).size).toBe(7);
}, 120_000);

/** What a check has to say of a fault. Left out: it says nothing of the kind. */
interface Says {
  readonly code: string;
  /** In its reason. */
  readonly why?: RegExp;
  /** Where it stops: a name among the variables, or that of an interface. */
  readonly at?: string;
  readonly by?: string;
  readonly drop?: RegExp;
  /** Among the changes since it was fine. */
  readonly change?: RegExp;
}

interface Fault {
  readonly what: string;
  readonly make: () => unknown;
  readonly mend: () => unknown;
  readonly says: Readonly<Record<string, Says>>;
}

/** Of all of them the same. */
function each(ids: string, says: Says): Record<string, Says> {
  return Object.fromEntries(ids.split(' ').map((id) => [id, says]));
}

const faults: readonly Fault[] = [
  {
    what: 'a service that ended, an address of IPv6 that is gone, and a tunnel with another number',
    make: async () => {
      world.router.ip('addr del fd50:1::1/64 dev lan1');
      world.server.ip('link del vx0');
      world.tunnel(43);
      await world.stopServing('tcp');
    },
    mend: async () => {
      world.router.ip('addr add fd50:1::1/64 dev lan1 nodad');
      world.server.ip('link del vx0');
      world.tunnel(42);
      await world.serve('tcp');
    },
    says: {
      ...each('tcp-model each dnat-model snat-model', {
        code: 'PORT_CLOSED',
        at: 'server',
        by: 'socket',
        why: /nobody listens at .*8080/,
        change: /nobody listens at TCP 0\.0\.0\.0:8080 \(shop\d+\)/,
      }),
      ...each('tcp-connect tcp-inject snat-connect snat-inject dnat-connect dnat-inject', {
        code: 'PORT_CLOSED',
        at: 'server',
        by: 'socket',
        why: /nobody listens at (TCP )?port 8080/,
        drop: /^NO_SOCKET$/,
        change: /nobody listens at TCP 0\.0\.0\.0:8080/,
      }),
      'who-shops': { code: 'WRONG_CELLS', at: 'server', why: /client → server/, change: /nobody listens/ },
      ...each('tunnel-model tunnel-connect tunnel-inject way-tunnel', {
        code: 'TUNNEL_MISMATCH',
        at: 'server',
        by: 'rule',
        why: /its key is 43, not 42/,
        change: /vx0/,
      }),
      'icmp6-model': { code: 'NO_ROUTE', at: 'router', why: /IPv6/, change: /fd50:1::1\/64 was removed from lan1/ },
      ...each('icmp6-connect icmp6-inject', {
        code: 'NO_ROUTE',
        at: 'router',
        drop: /^IP/,
        change: /fd50:1::1\/64 was removed from lan1/,
      }),
    },
  },
  {
    what: 'a packet filter that drops, and one that rejects',
    make: () => {
      world.nft(world.router, 'insert rule inet filter forward tcp dport 8080 counter drop\n');
      world.nft(
        world.server,
        'table inet f {\n chain i { type filter hook input priority 0; udp dport 5353 counter reject\n }\n}\n',
      );
    },
    mend: () => world.filter(),
    says: {
      ...each('tcp-model dnat-model snat-model', {
        code: 'POLICY_DENY',
        at: 'router',
        by: 'rule',
        why: /tcp dport 8080 counter drop.* of chain forward/,
        change: /tcp dport 8080 counter drop/,
      }),
      ...each('tcp-connect tcp-inject dnat-connect dnat-inject snat-connect snat-inject', {
        code: 'POLICY_DENY',
        at: 'router',
        by: 'rule',
        why: /tcp dport 8080 counter drop.* of chain forward/,
        drop: /^NETFILTER_DROP$/,
        change: /tcp dport 8080 counter drop/,
      }),
      each: { code: 'POLICY_DENY', at: 'router', by: 'rule', drop: /^NETFILTER_DROP$/, change: /8080/ },
      'who-shops': { code: 'WRONG_CELLS', at: 'router', why: /8080 counter drop/, change: /8080/ },
      'udp-model': {
        code: 'POLICY_DENY',
        at: 'server',
        by: 'rule',
        why: /udp dport 5353 counter reject/,
        change: /5353/,
      },
      ...each('udp-connect udp-inject', {
        code: 'POLICY_DENY',
        at: 'server',
        by: 'rule',
        why: /udp dport 5353 counter reject/,
        drop: /^NETFILTER_DROP$/,
        change: /5353/,
      }),
    },
  },
  {
    what: 'no translation of addresses',
    make: () => world.inside(world.router, 'nft', 'flush', 'ruleset'),
    mend: () => world.filter(),
    says: {
      ...each('dnat-model dnat-connect dnat-inject', {
        code: 'NO_ROUTE',
        at: 'router',
        why: /10\.50\.9\.9/,
        change: /dnat to 10\.7\.0\.2/,
      }),
      ...each('snat-model snat-connect snat-inject', {
        code: 'ASYMMETRIC',
        at: 'server',
        why: /no route to 10\.50\.2\.2/,
        change: /masquerade/,
      }),
    },
  },
  {
    what: 'a filter that lost its rules',
    make: () => world.inside(world.router, 'nft', 'flush', 'chain', 'inet', 'filter', 'forward'),
    mend: () => world.filter(),
    says: {
      ...each('guests-ssh-model guests-ssh-connect', { code: 'DELIVERED', why: /should not/, change: /dport 22/ }),
      ...each('guests-inward guests-inward-inject', { code: 'DELIVERED', why: /should not/, change: /reject/ }),
      'no-way': { code: 'DELIVERED', change: /reject/ },
      who: { code: 'WRONG_CELLS', why: /guest → client/, change: /reject/ },
    },
  },
  {
    what: 'a port of a bridge that is down',
    make: () => world.bridge.ip('link set r down'),
    mend: () => world.bridge.ip('link set r up'),
    says: {
      ...each('icmp-model icmp-connect icmp-inject all way way-l3', {
        code: 'LINK_DOWN',
        why: /\br is down/,
        by: 'interface',
        change: /\br\b/,
      }),
      links: { code: 'UNEXPECTED', change: /\br\b/ },
      down: { code: 'UNEXPECTED', change: /\br\b/ },
      who: { code: 'WRONG_CELLS', why: /\br is down/, change: /\br\b/ },
    },
  },
  {
    what: 'a rule of OpenFlow that drops, a port more, and somebody who listens where nobody should',
    make: async () => {
      vars = { ...vars, nodesMax: await nodes() };
      world.ofctl('add-flow', 'priority=99,tcp,tp_dst=8080,actions=drop');
      world.ofctl('add-flow', 'priority=99,udp,tp_dst=5353,actions=drop');
      world.bridge.ip('link add extra type veth peer name br3');
      world.bridge.ip('link add br4 type bridge');
      await world.serve('odd');
    },
    mend: async () => {
      vars = { ...vars, nodesMax: 1_000_000 };
      world.ofctl('del-flows', 'tcp,tp_dst=8080');
      world.ofctl('del-flows', 'udp,tp_dst=5353');
      world.bridge.ip('link del extra');
      world.bridge.ip('link del br4');
      await world.stopServing('odd');
    },
    says: {
      ...each(
        'tcp-model tcp-connect tcp-inject udp-model udp-connect udp-inject snat-model snat-connect snat-inject each',
        { code: 'RULE_DROP', by: 'rule', why: /priority 99/, change: /priority=99|tp_dst|drop/ },
      ),
      closed: { code: 'DELIVERED', change: /:81|Port 81/ },
      bridges: { code: 'NOT_EQUAL', change: /br4/ },
      names: { code: 'NOT_EQUAL', change: /extra/ },
      changed: { code: 'CHANGED', why: /extra/ },
      grown: { code: 'NOT_EQUAL' },
      small: { code: 'TOO_HIGH' },
    },
  },
  {
    what: 'a port of the switch in another VLAN',
    make: () => world.hosts.ovs('set', 'port', 'pr', 'tag=8'),
    mend: () => world.hosts.ovs('set', 'port', 'pr', 'tag=7'),
    says: each('icmp-model icmp-connect icmp-inject way way-l3', {
      code: 'RULE_DROP',
      why: /VLAN|vlan|tag/,
      change: /pr\b/,
    }),
  },
  {
    what: 'an address that moved away',
    make: () => world.server.ip('addr del 10.7.0.2/24 dev eth0'),
    mend: () => {
      world.server.ip('addr add 10.7.0.2/24 dev eth0');
      world.server.ip('route add 10.50.1.0/24 via 10.7.0.1');
    },
    says: each('icmp-model icmp-connect icmp-inject way tcp-connect', {
      code: 'NO_ROUTE',
      at: 'server',
      change: /10\.7\.0\.2\/24/,
    }),
  },
  {
    what: 'a router that no longer forwards',
    make: () => world.sysctl(world.router, 'net.ipv4.ip_forward=0'),
    mend: () => world.sysctl(world.router, 'net.ipv4.ip_forward=1'),
    says: each('icmp-model icmp-connect icmp-inject way tcp-inject', {
      code: 'NO_ROUTE',
      at: 'router',
      why: /forward/,
      change: /[Ff]orwarding/,
    }),
  },
  {
    what: 'a neighbour that is remembered wrong',
    make: () => world.client.ip('neigh replace 10.50.1.1 lladdr 02:00:00:00:00:99 dev eth0 nud permanent'),
    mend: () => world.client.ip('neigh del 10.50.1.1 dev eth0'),
    says: each('icmp-model icmp-connect icmp-inject tcp-connect', {
      code: 'NO_ARP',
      why: /02:00:00:00:00:99/,
      change: /10\.50\.1\.1|02:00:00:00:00:99/,
    }),
  },
  {
    what: 'a narrow link',
    make: () => world.router.ip('link set eth0 mtu 1300'),
    mend: () => world.router.ip('link set eth0 mtu 1500'),
    says: { way: { code: 'MTU_EXCEEDED', why: /1300/, change: /MTU 1500 → 1300/ }, workflow: { code: 'NOT_EQUAL' } },
  },
  {
    what: 'a host without its default route',
    make: () => world.client.ip('route del default'),
    mend: () => world.client.ip('route add default via 10.50.1.1'),
    says: each('icmp-model icmp-connect icmp-inject tcp-inject udp-inject process way', {
      code: 'NO_ROUTE',
      at: 'client',
      why: /no route/,
      change: /default|0\.0\.0\.0\/0/,
    }),
  },
];

test.each(faults)(
  '$what',
  async ({ make, mend, says }) => {
    const ids = Object.keys(says);
    // The first time what connects may be green before the graph has been told of what was mended: the second time the
    // graph has it, and so has what was last green.
    for (const patience of ['10s', '10s']) {
      const fine = await run({ patience, ids });
      expect(fine.results.filter(({ status }) => status !== 'ok').map(told)).toEqual([]);
    }
    await make();
    try {
      await eventually(async () => {
        const { results } = await run({ patience: '0s', ids });
        const wrong = results.flatMap((one) => wrongIn(one, says[one.id] as Says));
        expect(wrong).toEqual([]);
      }, LATE_MS);
    } finally {
      await mend();
    }
  },
  120_000,
);

test('all is well again', async () => {
  const { results } = await run({ patience: '10s' });
  expect(results.filter(({ status }) => status !== 'ok').map(told)).toEqual(['later skipped']);
}, 120_000);

/** The kernel's word comes to the graph in its own time. */
const LATE_MS = Number(process.env.LATE ?? 30_000);

/** Sentences: what it does not say. `each` has one that still is fine: what is beside the fault. */
function wrongIn(result: CheckResult, says: Says): string[] {
  if (result.id === 'each' && result.status === 'ok') return [];
  const { evidence: { stopsAt, by, drop, changes } = {}, reason = '', code, id } = result;
  const at = [stopsAt?.name, stopsAt?.namespace];
  const list = changes?.list.map(({ text }) => text) ?? [];
  return [
    ...(code === says.code ? [] : [`${told(result)}: the code is not ${says.code}`]),
    ...(says.why === undefined || says.why.test(reason) ? [] : [`${id}: ${says.why} is not in: ${reason}`]),
    ...(says.at === undefined || at.includes(String(vars[says.at] ?? says.at))
      ? []
      : [`${id}: stops at ${at}, not ${says.at}`]),
    ...(says.by === undefined || by?.type === says.by
      ? []
      : [`${id}: decided by ${by?.type} ${by?.text}, not a ${says.by}`]),
    ...(says.drop === undefined || says.drop.test(drop?.reason ?? '') ? [] : [`${id}: dropped as ${drop?.reason}`]),
    ...(says.change === undefined || list.some((text) => says.change?.test(text))
      ? []
      : [`${id}: no ${says.change} in ${list.join(' | ')}`]),
    ...(says.change === undefined || changes?.lastGreenAt !== undefined ? [] : [`${id}: knows no green run`]),
  ];
}

function told({ id, status, code, reason }: CheckResult): string {
  return [id, status, code, status === 'skipped' ? undefined : reason].filter(Boolean).join(' ');
}

async function run({ patience, ids }: { readonly patience: string; readonly ids?: readonly string[] }) {
  const response = await skein.post('/api/check', {
    suites: [{ file: 'checks-lab.yaml', text: readFileSync(file, 'utf8') }],
    vars: { ...vars, patience },
    ...(ids && { select: { only: ids } }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as CheckLine);
  return { results: lines.filter((line) => line.kind === 'result'), summary: lines.at(-1) as RunSummary };
}

async function nodes(): Promise<number> {
  return (await skein.query('G.V().Count()')) as number;
}

function tidOf(namespace: string, name: string): Promise<string> {
  return eventually(async () => {
    const query = `G.V().Has('Type', 'netns', 'Name', '${namespace}').Out('Name', '${name}').Values('TID')`;
    const [tid] = (await skein.query(query)) as string[];
    if (tid === undefined) throw new Error(`no ${name} in ${namespace}`);
    return tid;
  });
}
