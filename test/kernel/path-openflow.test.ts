/** What rules of OpenFlow do with a packet, as we have it, against `ofproto/trace` of a real switch. Needs root. */
import { execFileSync } from 'node:child_process';
import type { Metadata } from '../../src/graph/element.ts';
import { Graph } from '../../src/graph/graph.ts';
import { Atlas } from '../../src/query/forwarding/atlas.ts';
import { runTables, type Verdict } from '../../src/query/forwarding/openflow/pipeline.ts';
import { Tables } from '../../src/query/forwarding/openflow/tables.ts';
import { packetOf } from '../../src/query/forwarding/switch-frame.ts';
import { Budget, defaultLimits } from '../../src/query/limits.ts';
import { dice } from '../dice.ts';
import { eventually } from '../eventually.ts';
import { SwitchedHosts } from './switched.ts';

const ROUNDS = 25;
const PACKETS = 8;
const PORTS = [11, 12, 13, 14];

type Random = (below: number) => number;

test('random rules do what the switch says that they do', async () => {
  await using hosts = await SwitchedHosts.start();
  const folder = hosts.database.replace(/^unix:/, '').replace(/\/db\.sock$/, '');
  for (const port of PORTS)
    hosts.ovs(
      'add-port',
      'br0',
      `i${port}`,
      '--',
      'set',
      'interface',
      `i${port}`,
      'type=internal',
      `ofport_request=${port}`,
    );
  const management = `unix:${folder}/br0.mgmt`;
  const ofctl = (...words: string[]) =>
    execFileSync('ovs-ofctl', ['-O', 'OpenFlow10,OpenFlow15', ...words], {
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const appctl = (...words: string[]) =>
    execFileSync('ovs-appctl', ['-t', `${folder}/vs.ctl`, ...words], { encoding: 'utf8' });
  const numbers = await eventually(() => {
    const found = new Map(
      [...appctl('dpif/show').matchAll(/^\s+\S+ (\d+)\/(\d+):/gm)].map(([, of, dp]) => [dp, Number(of)]),
    );
    expect([...found.values()]).toEqual(expect.arrayContaining(PORTS));
    return found;
  });
  const random = dice(20_261_122);
  let sent = 0;
  let accepted = 0;
  let compared = 0;
  for (let round = 0; round < ROUNDS; round++) {
    ofctl('del-flows', management);
    const rules = Array.from({ length: 18 }, () => rule(random));
    for (const one of rules) accepted += tried(() => ofctl('add-flow', management, one));
    const dump = ofctl('dump-flows', '--no-stats', '--no-names', management);
    const tables = tablesOf(dump);
    for (let at = 0; at < PACKETS; at++) {
      const { flow, frame, inPort } = packet(random);
      const said = appctl('ofproto/trace', 'br0', flow);
      const theirs = portsOf(/Datapath actions: (.*)/.exec(said)?.[1] ?? '', numbers);
      const verdict = finished(
        runTables(
          tables,
          packetOf(frame, inPort, () => undefined),
          () => true,
        ),
      );
      const ours = new Set(verdict.emissions.map(({ port }) => port));
      // Where it depends on what is not known, that is said.
      if (verdict.doubts.length > 0) continue;
      expect({ flow, ports: [...ours].sort(), dump: '' }).toEqual({ flow, ports: [...theirs].sort(), dump: '' });
      compared++;
      sent += ours.size;
    }
  }
  expect(accepted).toBeGreaterThan(ROUNDS * 12);
  expect(compared).toBeGreaterThan((ROUNDS * PACKETS) / 2);
  expect(sent).toBeGreaterThan(ROUNDS);
}, 240_000);

/** Not every action goes with every match; the switch refuses what does not. */
function tried(act: () => unknown): number {
  try {
    act();
    return 1;
  } catch {
    return 0;
  }
}

function finished(run: Generator<undefined, Verdict>): Verdict {
  for (let step = run.next(); ; step = run.next()) if (step.done === true) return step.value;
}

/** `table=0, priority=5,ip actions=…` */
function tablesOf(dump: string): Tables {
  const graph = new Graph({ indexed: ['Name', 'Type'] });
  const rules = [
    ...dump.matchAll(
      /^\s*(?:cookie=\S+, )?(?:table=(\d+), )?(?:reset_counts )?(?:priority=(\d+),?)?(\S*) ?actions=(.*)$/gm,
    ),
  ];
  expect(rules).toHaveLength(
    dump
      .trim()
      .split('\n')
      .filter((line) => line.includes('actions=')).length,
  );
  const node = (id: string, metadata: Metadata) => ({ kind: 'node', id, metadata, owns: new Set<string>() }) as const;
  graph.apply(
    [
      node('br', { Type: 'ovsbridge', Name: 'br0' }),
      ...rules.flatMap(([, table = '0', priority = '32768', match = '', actions = ''], at) => [
        node(`r${at}`, {
          Type: 'ofrule',
          Table: Number(table),
          Priority: Number(priority),
          Match: match,
          ActionsText: actions,
        }),
        { kind: 'edge', parent: 'br', child: `r${at}`, metadata: { RelationType: 'ownership' } } as const,
      ]),
    ],
    { host: 'test', origin: 'text.test', time: 1000 },
  );
  const atlas = new Atlas(graph.now(), new Budget(defaultLimits, () => 0, undefined));
  const tables = new Tables(atlas);
  for (const bridge of graph.now().nodes('br')) for (const _ of tables.read(bridge)) expect(_).toBeUndefined();
  return tables;
}

/** Numbers of the datapath among its actions. */
function portsOf(actions: string, numbers: ReadonlyMap<string | undefined, number>): Set<number> {
  const plain = actions
    .replace(/\([^()]*\)/g, '')
    .replace(/\([^()]*\)/g, '')
    .replace(/\([^()]*\)/g, '');
  return new Set(plain.split(',').flatMap((word) => (/^\d+$/.test(word) ? (numbers.get(word) ?? -1) : [])));
}

const pick = <T>(random: Random, of: readonly T[]): T => of[random(of.length)] as T;

function rule(random: Random): string {
  const table = random(3);
  const conditions = [
    ...[
      '',
      '',
      'ip',
      'icmp',
      'tcp',
      'udp',
      'arp',
      'ip,nw_dst=10.7.0.0/24',
      'ip,nw_dst=10.7.0.2',
      'ip,nw_src=10.7.0.0/255.255.0.255',
    ],
    ...[
      'tcp,tp_dst=80',
      'tcp,tp_dst=0x50/0xfff0',
      'dl_vlan=5',
      'dl_vlan=0xffff',
      'vlan_tci=0x1000/0x1000',
      'reg0=0x1',
      'reg1=0x10/0xf0',
    ],
    ...[
      'xreg0=0x100000000',
      'metadata=0x7',
      'in_port=11',
      'in_port=12',
      'dl_dst=02:00:00:00:00:02',
      'dl_src=02:00:00:00:00:00/ff:ff:ff:00:00:00',
      'tun_id=0',
    ],
    ...['ip,ct_state=-trk', 'tcp,tcp_flags=0x002/0x012', 'icmp,icmp_type=8', 'ip,nw_frag=no', 'udp,tp_src=53'],
  ];
  const later =
    table < 2 ? [`resubmit(,${table + 1})`, `resubmit(,2)`, 'resubmit(12,2)', `resubmit(11,${table + 1})`] : [];
  const action = () =>
    pick(random, [
      ...[
        'output:11',
        'output:12',
        'output:13',
        'output:14',
        'in_port',
        'drop',
        'mod_vlan_vid:5',
        'strip_vlan',
        'load:0x1->NXM_NX_REG0[]',
      ],
      ...[
        'load:0xf->NXM_NX_REG1[4..7]',
        'set_field:0x7->metadata',
        'move:NXM_NX_REG0[0..15]->NXM_NX_REG1[16..31]',
        'load:0xd->NXM_NX_REG2[],output:NXM_NX_REG2[]',
      ],
      ...[
        'set_field:10.7.0.2->ip_dst',
        'set_field:02:00:00:00:00:02->eth_dst',
        'push:NXM_NX_REG0[],pop:NXM_NX_REG3[]',
        'dec_ttl',
        'clone(load:0x1->NXM_NX_REG0[],output:14)',
      ],
      ...later,
      ...later,
    ]);
  const list = Array.from({ length: 1 + random(3) }, action).filter((one) => one !== 'drop');
  const words = list.length === 0 ? ['drop'] : list;
  const ending = table < 2 && random(4) === 0 ? `,goto_table:${table + 1}` : '';
  const condition = pick(random, conditions);
  // What needs an IP packet is refused of others.
  const needsIp = words.some((word) => /ip_dst|dec_ttl/.test(word));
  const match = needsIp && !/^(ip|icmp|tcp|udp)\b/.test(condition) ? 'ip' : condition;
  const actions = ending !== '' && words[0] === 'drop' ? ending.slice(1) : `${words.join(',')}${ending}`;
  return `table=${table},priority=${random(20) * 10 + 1 + random(9)}${match === '' ? '' : `,${match}`},actions=${actions}`;
}

function packet(random: Random) {
  const inPort = pick(random, PORTS);
  const destination = pick(random, ['10.7.0.2', '10.7.0.9', '192.0.2.1']);
  const protocol = pick(random, ['icmp', 'tcp', 'udp'] as const);
  const port = pick(random, [80, 81, 53]);
  const tag = random(3) === 0 ? 5 : undefined;
  const mac = pick(random, ['02:00:00:00:00:02', '02:00:00:00:00:03']);
  const layer4 = {
    icmp: 'icmp_type=8,icmp_code=0',
    tcp: `tcp_src=4000,tcp_dst=${port},tcp_flags=2`,
    udp: `udp_src=53,udp_dst=${port}`,
  }[protocol];
  const vlan = tag === undefined ? '' : `vlan_tci=0x1005,`;
  return {
    inPort,
    flow: `in_port=${inPort},${vlan}${protocol},dl_src=02:00:00:00:00:01,dl_dst=${mac},nw_src=10.7.0.1,nw_dst=${destination},nw_ttl=64,${layer4}`,
    frame: {
      packet: {
        source: '10.7.0.1',
        destination,
        family: 4 as const,
        protocol: { icmp: 1, tcp: 6, udp: 17 }[protocol],
        sourcePort: protocol === 'udp' ? 53 : 4000,
        destinationPort: port,
      },
      sourceMac: '02:00:00:00:00:01',
      targetMac: mac,
      target: destination,
      tags: tag === undefined ? [] : [tag],
    },
  };
}
