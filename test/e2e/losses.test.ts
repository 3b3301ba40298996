/** Every stage at which something can be lost, provoked, and found wherever losses are told. Needs root. */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Flow } from '../../src/flow/flow.ts';
import type { LossStage } from '../../src/flow/loss.ts';
import { set, template, v9Message } from '../capture/collected.ts';
import { eventually } from '../eventually.ts';
import { ethernet, ipv4, udp } from '../kernel/ebpf_frames.ts';
import { capturing, freePort, inWorld } from './mechanisms_world.ts';
import type { Running } from './running.ts';

/** A datagram each of so many conversations. */
const conversations = (count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => ethernet(0x0800, ipv4(17, udp(1000, 2000), { from: 1000 + first + i })));

interface Told {
  readonly stage: LossStage;
  readonly capture: string;
  readonly reason: string;
  readonly packets: number;
  readonly flows: number;
}

/** What an answer about flows says it lacks. */
async function lossOf(skein: Running, query = 'G.Flows().Count()'): Promise<Told[]> {
  const response = await skein.post('/api/query', { query });
  expect(response.status).toBe(200);
  const { loss = [] } = (await response.json()) as { loss?: Told[] };
  return loss;
}

/** Resolves when a stage is told in an answer, in its header, in the metrics and in the status. */
async function everywhere(skein: Running, stages: readonly LossStage[]): Promise<void> {
  await eventually(async () => {
    const told = new Set((await lossOf(skein)).map(({ stage }) => stage));
    expect([...told]).toEqual(expect.arrayContaining([...stages]));
  });
  const header = (await skein.post('/api/topology', { GremlinQuery: 'G.Flows().Count()' })).headers.get('X-Skein-Loss');
  const inHeader = /stages="([^"]*)"/.exec(header ?? '')?.[1]?.split(' ') ?? [];
  expect(inHeader).toEqual(expect.arrayContaining([...stages]));
  expect(header).toMatch(/packets=\d+; bytes=\d+; flows=\d+; from=\d{13}; to=\d{13}/);
  const { Flows } = (await (await fetch(`${skein.url}/api/status`)).json()) as {
    Flows: { Losses: { Stage: string }[] };
  };
  expect(Flows.Losses.map(({ Stage }) => Stage)).toEqual(expect.arrayContaining([...stages]));
  const metrics = await (await fetch(`${skein.url}/metrics`)).text();
  for (const stage of stages)
    expect(metrics).toMatch(new RegExp(`^skein_lost_(packets|flows)_total\\{[^}]*stage="${stage}"[^}]*\\} [1-9]`, 'm'));
}

/** Packets that a capture has in flows, and those it says it has lost on their way there. */
async function accountOf(skein: Running, id: string): Promise<{ counted: number; lost: number }> {
  const flows = (await skein.query(`G.Flows().Has('CaptureID', '${id}', 'Transport', 2000)`)) as Flow[];
  const loss = (await lossOf(skein)).filter(({ capture }) => capture === id);
  const onTheWay = loss.filter(({ stage }) => ['kernel-table', 'socket', 'decoder', 'queue'].includes(stage));
  return {
    counted: flows.reduce((sum, { Metric }) => sum + Metric.ABPackets + Metric.BAPackets, 0),
    lost: onTheWay.reduce((sum, { packets }) => sum + packets, 0),
  };
}

test('what the kernel, a socket, a decoder, an exporter and kept packets have no room for is told, to the packet', () =>
  inWorld(
    [
      ...['--capture-ring-size', '64KiB', '--capture-conversations', '64', '--flow-raw-packets-size', '1KiB'],
      ...['--capture-kernel-conversations', '128', '--capture-kernel-ring-size', '8KiB'],
    ],
    async ({ skein, name, send }) => {
      const GremlinQuery = `G.V().Has('Name', '${name}')`;
      const port = await freePort();
      const kernel = await capturing(skein, { GremlinQuery, Type: 'ebpf' });
      const socket = await capturing(skein, { GremlinQuery, Type: 'afpacket' });
      const keeping = await capturing(skein, { GremlinQuery, Type: 'pcap', RawPacketLimit: 10 });
      const exporter = await capturing(skein, { GremlinQuery, Type: 'netflow', Port: port });

      // Nobody reads meanwhile.
      skein.child.kill('SIGSTOP');
      await send(conversations(3_000), 2);
      skein.child.kill('SIGCONT');
      for (const id of [kernel, socket, keeping])
        await eventually(async () => {
          const { counted, lost } = await accountOf(skein, id);
          expect({ counted: counted > 0, lost: lost > 0, all: counted + lost }).toEqual({
            counted: true,
            lost: true,
            all: 6_000,
          });
        });

      const records = createSocket('udp4');
      const message = (sequence: number) => v9Message(sequence, set(0, template(256, [1, 4], [2, 4])));
      for (const sequence of [1, 5]) records.send(message(sequence), port, '127.0.0.1');
      await eventually(async () =>
        expect((await lossOf(skein)).filter(({ capture }) => capture === exporter)).toMatchObject([
          { stage: 'exporter', reason: 'messages missing by their numbers', packets: 3 },
        ]),
      );
      records.close();
      await everywhere(skein, ['kernel-table', 'ring-buffer', 'socket', 'decoder', 'exporter', 'raw-packets']);
      const ofKept = (await lossOf(skein)).find(({ stage }) => stage === 'raw-packets');
      expect(ofKept).toMatchObject({ capture: keeping, reason: 'no room for raw packets of live flows' });
      // An answer about that time tells it as well, and one about a time before does not.
      const past = new Set((await lossOf(skein, `G.At(${Date.now()}, 60).Flows().Count()`)).map(({ stage }) => stage));
      expect([...past].sort()).toEqual(['decoder', 'exporter', 'kernel-table', 'raw-packets', 'ring-buffer', 'socket']);
      expect(await lossOf(skein, "G.At('-1h').Flows().Count()")).toEqual([]);
    },
  ));

test('what finds no room on its way into the table is told, to the packet', () =>
  inWorld(['--capture-queue-size', '1KiB'], async ({ skein, name, send }) => {
    const id = await capturing(skein, { GremlinQuery: `G.V().Has('Name', '${name}')`, Type: 'afpacket' });
    await send(conversations(100), 2);
    await eventually(async () => {
      const { counted, lost } = await accountOf(skein, id);
      expect(lost).toBeGreaterThan(0);
      expect(counted + lost).toBe(200);
    });
    await everywhere(skein, ['queue']);
  }));

/** A file system of 16 MiB where archives are, which a file can fill. */
function smallDisk(folder: string) {
  const archive = join(folder, 'archive');
  mkdirSync(archive);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', archive]);
  const filler = join(archive, 'filler');
  return {
    fill() {
      const { bavail, bsize } = statfsSync(archive);
      try {
        writeFileSync(filler, Buffer.alloc((bavail + 1) * bsize));
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      }
    },
    free: () => rmSync(filler),
    [Symbol.dispose]: () => execFileSync('umount', ['-l', archive]),
  };
}

test('what the table ends early and the archive refuses is told, and afterwards all is well', () =>
  inWorld(
    ['--flow-max-entries', '1000', '--archive-flows-queue', '500'],
    async ({ skein, name, send, disk }) => {
      const GremlinQuery = `G.V().Has('Name', '${name}')`;
      await capturing(skein, { GremlinQuery, Type: 'ebpf' });
      disk.fill();
      await send(conversations(3_000));
      await everywhere(skein, ['flow-table', 'archive']);
      await eventually(async () => {
        const early = (await lossOf(skein)).find(({ stage }) => stage === 'flow-table');
        expect(early?.packets).toBe(0);
        // One that was ended early and goes on is another flow, which may be ended early too.
        expect(early?.flows).toBeGreaterThanOrEqual(2_000);
      });
      expect(await skein.query("G.Flows().Has('Transport', 2000).Count()")).toBe(1_000);
      const notes = async () => {
        const { Flows } = (await (await fetch(`${skein.url}/api/status`)).json()) as Status;
        return Flows.Archive.Notes.join();
      };
      await eventually(async () => expect(await notes()).toMatch(/not written for now.*full/));

      disk.free();
      await eventually(async () => expect(await notes()).not.toMatch(/not written for now/));
      await send(conversations(10, 5_000));
      await eventually(async () => {
        const { Flows } = (await (await fetch(`${skein.url}/api/status`)).json()) as Status;
        expect(Flows.Archive).toMatchObject({ Queued: 0 });
        expect(await skein.query("G.At('-0s', 60).Flows().Has('Network', '10.0.23.112').Count()")).toBe(1);
      });
    },
    smallDisk,
  ));

interface Status {
  readonly Flows: { readonly Archive: { readonly Notes: string[]; readonly Queued: number } };
}
