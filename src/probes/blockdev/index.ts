/** Block devices: disks, partitions, volumes, and what is made of what. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Change } from '../../graph/change.ts';
import { bell } from '../../std/bell.ts';
import { defineProbe } from '../probe.ts';
import { Speaker } from '../speaker.ts';
import { readDiskStats } from './diskstats.ts';
import { type BlockDevice, listBlockDevices } from './lsblk.ts';
import { blockId, draw } from './picture.ts';
import { OWNED, types } from './vocabulary.ts';

const options = z
  .object({
    lsblk: z.string().default('/usr/bin/lsblk').describe('Path of lsblk'),
    refreshMs: z.int().min(1_000).default(300_000).describe('How often all is read again, in ms'),
    countMs: z.int().min(1_000).default(30_000).describe('How often counters are read, in ms'),
  })
  .prefault({});

/** NETLINK_KOBJECT_UEVENT, and the group of what the kernel itself says (linux/netlink.h, kobject_uevent.c). */
const UEVENTS = 15;
const FROM_THE_KERNEL = 1;
/** A disk with its partitions comes in many events. */
const SETTLE_MS = 500;

export const blockdev = defineProbe({
  name: 'blockdev',
  doc: 'Block devices: disks, partitions, volumes, RAIDs, and what is made of what.',
  reads: [
    'lsblk, when the kernel says that a device came or went, and every `probes.blockdev.refresh`.',
    'Counters of `/proc/diskstats`, every 30 s.',
  ],
  needs: [{ what: 'lsblk (util-linux)', without: 'nothing is seen' }],
  series: { Blockdev: 'what a device read and wrote, as `BlockdevMetric`: operations, bytes, and times in ms' },
  counters: { refused: 'changes that the graph refused' },
  options,
  types,

  async run({ options: given, door, graph, host, view, signal, ready, count }) {
    const speaker = new Speaker({
      graph,
      host,
      owned: OWNED,
      added: [],
      isOwn: ({ metadata: { Manager } }) => Manager === 'blockdev',
    });
    const look = bell();
    let devices: readonly BlockDevice[] = [];
    let settling: NodeJS.Timeout | undefined;

    using stack = new DisposableStack();
    stack.defer(() => clearTimeout(settling));
    const every = (ms: number, act: () => void) => {
      const timer = setInterval(act, ms).unref();
      stack.defer(() => clearInterval(timer));
    };
    try {
      const socket = await door.openNetlink({ protocol: UEVENTS, groups: [FROM_THE_KERNEL] });
      stack.defer(() => socket.close());
      socket.onBatch((batch, overrun) => {
        if (!overrun && !Buffer.from(batch.buffer, batch.byteOffset, batch.length).includes('SUBSYSTEM=block')) return;
        settling ??= setTimeout(() => {
          settling = undefined;
          look.ring();
        }, SETTLE_MS).unref();
      });
    } catch {
      // Where the kernel does not tell, what changed is found with the next refresh.
    }
    every(given.refreshMs, look.ring);
    every(given.countMs, () => void countAll());

    async function countAll(): Promise<void> {
      const stats = readDiskStats(await readFile('/proc/diskstats', 'utf8').catch(() => ''));
      const changes = devices.flatMap(({ key }): Change[] => {
        const total = stats.get(key.replace(/^\/dev\//, ''));
        return total ? [{ kind: 'counters', id: blockId(host.name, 'device', key), series: 'Blockdev', total }] : [];
      });
      if (changes.length > 0 && !signal.aborted) graph.apply(changes);
    }

    look.ring();
    let isFirst = true;
    while (await look.rung(signal)) {
      devices = await listBlockDevices(given.lsblk, signal);
      if (isFirst) speaker.adopt(view());
      isFirst = false;
      count('refused', speaker.say(draw(devices, host), view()));
      await countAll();
      ready();
    }
  },
});
