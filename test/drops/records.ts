/** Records as bpf/drops_watch.bpf.c writes them, and a kernel that tells them. */
import { inV6 } from '../../src/drops/record.ts';
import type { DroppedRecords, DropsDoor, NativeDrops } from '../../src/native/drops.ts';
import { parseAddress } from '../../src/std/address.ts';

export interface Record {
  readonly from?: string;
  readonly to?: string;
  readonly protocol?: number;
  readonly numbers?: readonly [number, number];
  readonly reason?: number;
  readonly ifIndex?: number;
  readonly inIfIndex?: number;
  readonly cookie?: bigint;
  readonly timeNs?: bigint;
  readonly ttl?: number;
}

export function recordsOf(...records: readonly Record[]): Uint8Array {
  return Buffer.concat(records.map(recordOf));
}

function recordOf(given: Record): Uint8Array {
  const { from = '10.0.0.1', to = '10.0.0.2', protocol = 6, numbers, reason = 12, ifIndex = 2, inIfIndex = 2 } = given;
  const bytes = Buffer.alloc(88);
  bytes.writeBigUInt64LE(given.timeNs ?? 1_700_000_000_000_000_000n, 0);
  bytes.writeBigUInt64LE(7n, 8);
  bytes.writeBigUInt64LE(given.cookie ?? 5n, 16);
  bytes.writeUInt32LE(99, 24);
  bytes.writeUInt32LE(ifIndex, 28);
  bytes.writeUInt32LE(inIfIndex, 32);
  bytes.writeUInt32LE(reason, 36);
  bytes.writeUInt32LE(60, 40);
  bytes.writeUInt8(numbers ? 1 : 0, 44);
  bytes.writeUInt8(protocol, 45);
  bytes.writeUInt8(given.ttl ?? 64, 46);
  bytes.writeUInt16LE(numbers?.[0] ?? 0, 48);
  bytes.writeUInt16LE(numbers?.[1] ?? 0, 50);
  bytes.set(inV6(parseAddress(from)?.bytes as Uint8Array), 56);
  bytes.set(inV6(parseAddress(to)?.bytes as Uint8Array), 72);
  return bytes;
}

export interface FakeKernel extends DropsDoor {
  /** How many are watched by their addresses now. */
  wanted(): number;
  isOpen: boolean;
  isAll: boolean;
  tell(dropped: Partial<DroppedRecords>): void;
}

export function fakeKernel(refusal?: string): FakeKernel {
  const wanted = new Set<string>();
  let lost = 0;
  let heard: (dropped: DroppedRecords) => void = () => {};
  const kernel: FakeKernel = {
    isOpen: false,
    isAll: false,
    wanted: () => wanted.size,
    tell: ({ records = new Uint8Array(0), ...told }) => {
      lost = told.lost ?? lost;
      heard({ records, lost });
    },
    async openDrops(onDrops): Promise<NativeDrops> {
      if (refusal !== undefined) throw Object.assign(new Error(`watch dropped packets: ${refusal}`), { code: refusal });
      heard = onDrops;
      kernel.isOpen = true;
      return {
        reasons: Object.assign([], { 3: 'NO_SOCKET', 12: 'NETFILTER_DROP' }),
        want: (who) => void wanted.add(who.join()),
        unwant: (who) => void wanted.delete(who.join()),
        wantAll: (isAll) => {
          kernel.isAll = isAll;
        },
        symbol: () => 'nf_hook_slow',
        read: () => ({ records: new Uint8Array(0), lost }),
        close: () => {
          kernel.isOpen = false;
        },
      };
    },
  };
  return kernel;
}
