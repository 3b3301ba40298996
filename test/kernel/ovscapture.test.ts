/** Bridges of a real Open vSwitch that are told to export, and told to stop. Needs root. */
import type { Mechanism, Running } from '../../src/capture/mechanism.ts';
import type { OvsOptions } from '../../src/capture/ovs-export.ts';
import { ovsipfixOn } from '../../src/capture/ovsipfix/index.ts';
import { ovsnetflowOn } from '../../src/capture/ovsnetflow/index.ts';
import { ovssflowOn } from '../../src/capture/ovssflow/index.ts';
import { openPacketDoor } from '../../src/native/index.ts';
import { asked, place } from '../capture/asked.ts';
import { Kept, summed } from '../capture/told.ts';
import { eventually } from '../eventually.ts';
import { isRoot } from './netlinkrun.ts';
import { hasOvs, SwitchedHosts } from './switched.ts';

const withOvs = isRoot && hasOvs ? test : test.skip;
const door = openPacketDoor();
const log = { info() {}, warn() {} };

const mechanisms: readonly (readonly [kind: string, make: (ovs: OvsOptions) => Mechanism])[] = [
  ['sflow', ovssflowOn],
  ['netflow', ovsnetflowOn],
  ['ipfix', ovsipfixOn],
];

let hosts: SwitchedHosts;

if (isRoot && hasOvs) {
  beforeAll(async () => {
    hosts = await SwitchedHosts.start();
  });
  afterAll(() => hosts[Symbol.asyncDispose]());
}

const switches = () => ({ databases: [hosts.database], host: 'h' });

function start(make: (ovs: OvsOptions) => Mechanism, sink: Kept, bridge = 'br0', samplingRate = 1): Promise<Running> {
  return make({ ...switches(), ports: { from: 16_345, to: 16_355 } }).start({
    door,
    place: { ...place, type: 'ovsbridge', name: bridge },
    options: { ...asked, samplingRate },
    sink,
    nowMs: Date.now,
    log,
  });
}

const exported = (kind: string) => hosts.ovs('get', 'bridge', 'br0', kind).trim();

withOvs.each(mechanisms)(
  'a bridge that sends %s tells the traffic of its ports, and stops when the capture does',
  async (kind, make) => {
    const sink = new Kept();
    {
      await using running = await start(make, sink);
      const port = Number(running.listens?.split(':').at(-1));
      await using _relay = await hosts.relay(port, port);
      await hosts.traffic();
      await eventually(() => {
        const found = [...summed(sink.observations).values()].find(({ b }) => b === '10.7.0.2:8080');
        expect(found).toMatchObject({
          a: '10.7.0.1:40000',
          path: kind === 'netflow' ? 'IPv4/TCP' : 'Ethernet/IPv4/TCP',
        });
        // Twenty pieces of 1000 bytes each way, each acknowledged by the next, and the beginning and the end.
        expect(found?.ab[0]).toBeGreaterThanOrEqual(22);
        expect(found?.ab[0]).toBeLessThan(60);
        expect(found?.ab[1]).toBeGreaterThan(20_000);
        expect(found?.ba[1]).toBeGreaterThan(20_000);
        expect(found?.ba[1]).toBeLessThan(25_000);
      });
      expect(exported(kind)).not.toBe('[]');
    }
    expect(exported(kind)).toBe('[]');
    expect(sink.losses).toEqual({});
  },
  120_000,
);

withOvs.each([mechanisms[0], mechanisms[2]] as const)(
  'what %s samples stands for as many packets as its rate says, once',
  async (_, make) => {
    const sink = new Kept();
    await using running = await start(make, sink, 'br0', 4);
    const port = Number(running.listens?.split(':').at(-1));
    await using _relay = await hosts.relay(port, port);
    await hosts.traffic();
    // Of more than forty packets one in four: that it is none of them happens once in a hundred thousand times.
    await eventually(() => expect(sink.observations.length).toBeGreaterThan(0));
    for (const { sampling, ab, ba } of sink.observations) {
      expect(sampling).toBe(4);
      expect(ab[0] + ba[0]).toBeGreaterThan(0);
      expect((ab[0] + ba[0]) % 4).toBe(0);
      expect((ab[1] + ba[1]) % 4).toBe(0);
    }
  },
  120_000,
);

withOvs('what someone else has set up is left alone', async () => {
  const theirs = ['create', 'sflow', 'agent=lo', 'targets="127.0.0.1:9"'];
  hosts.ovs('--', '--id=@s', ...theirs, '--', 'set', 'bridge', 'br0', 'sflow=@s');
  const before = exported('sflow');
  await expect(start(ovssflowOn, new Kept())).rejects.toThrow('bridge br0 exports sflow already: needs that to end');
  expect(exported('sflow')).toBe(before);
  hosts.ovs('clear', 'bridge', 'br0', 'sflow');
});

withOvs('what a run that was killed has left behind is replaced', async () => {
  const left = ['create', 'sflow', 'agent=lo', 'targets="127.0.0.1:9"', 'external_ids:exporter=skein'];
  hosts.ovs('--', '--id=@s', ...left, '--', 'set', 'bridge', 'br0', 'sflow=@s');
  const before = exported('sflow');
  {
    await using _running = await start(ovssflowOn, new Kept());
    expect(exported('sflow')).not.toBe(before);
  }
  expect(exported('sflow')).toBe('[]');
});

withOvs('what was set up anew meanwhile is not taken away', async () => {
  {
    await using _running = await start(ovssflowOn, new Kept());
    hosts.ovs(
      '--',
      '--id=@s',
      'create',
      'sflow',
      'agent=lo',
      'targets="127.0.0.1:9"',
      '--',
      'set',
      'bridge',
      'br0',
      'sflow=@s',
    );
  }
  expect(exported('sflow')).not.toBe('[]');
  hosts.ovs('clear', 'bridge', 'br0', 'sflow');
});

withOvs(
  'a bridge that is not there, and a switch that is not, are told',
  async () => {
    await expect(start(ovssflowOn, new Kept(), 'br9')).rejects.toThrow('bridge br9: needs a bridge of that name');
    const nowhere = ovssflowOn({
      databases: ['unix:/nowhere/db.sock'],
      host: 'h',
      ports: { from: 16_345, to: 16_355 },
    });
    const context = { door, place: { ...place, name: 'br0' }, options: asked, sink: new Kept(), nowMs: Date.now, log };
    await expect(nowhere.start(context)).rejects.toThrow('Open vSwitch at unix:/nowhere/db.sock');
  },
  120_000,
);
