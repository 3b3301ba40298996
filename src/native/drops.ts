/** Packets that the kernel drops, for the door. What it refuses are Errors as the door's: EPERM or ENOTSUP. */

export interface DropsDoor {
  /**
   * Hears what the kernel drops, in all network namespaces of the machine, of those who are wanted: nobody at first.
   * Records are structs drop_record (bpf/drops_watch.h) back to back, in the order things happened; the buffer is the
   * listener's to keep. At once, but at most every 100 ms. Does not keep the process alive.
   */
  openDrops(onDrops: (dropped: DroppedRecords) => void): Promise<NativeDrops>;
}

export interface DroppedRecords {
  readonly records: Uint8Array;
  /** Drops that found no room, ever. */
  readonly lost: number;
}

export interface NativeDrops {
  /** The kernel's reasons by number, without SKB_DROP_REASON_. */
  readonly reasons: readonly string[];
  /** Two addresses of 16 bytes, the smaller one first, or one and zeros for anybody. Throws; ENOSPC: too many. */
  want(who: Uint8Array): void;
  unwant(who: Uint8Array): void;
  wantAll(isWanted: boolean): void;
  /** The function of the kernel at the location of a record; '' where it does not tell. */
  symbol(location: bigint): string;
  /** What has come and was not told yet. */
  read(): DroppedRecords;
  /** Idempotent. Nothing is told after it returns. */
  close(): void;
}

/** The addon's half: tells once, and not again before `rearm`. */
export interface DropsAddon {
  openDropsWatch(onDrops: (dropped: DroppedRecords) => void): Promise<NativeDropsWatch>;
}

interface NativeDropsWatch extends NativeDrops {
  rearm(): void;
}

/** A storm of drops is told at most this often; what comes meanwhile waits in the kernel. */
const REST_MS = 100;

export function asDropsDoor(addon: DropsAddon): DropsDoor {
  return {
    async openDrops(onDrops) {
      let rest: NodeJS.Timeout | undefined;
      const watch = await addon.openDropsWatch((dropped) => {
        rest = setTimeout(() => watch.rearm(), REST_MS).unref();
        onDrops(dropped);
      });
      return {
        reasons: watch.reasons,
        want: (who) => watch.want(who),
        unwant: (who) => watch.unwant(who),
        wantAll: (isWanted) => watch.wantAll(isWanted),
        symbol: (location) => watch.symbol(location),
        read: () => watch.read(),
        close() {
          clearTimeout(rest);
          watch.close();
        },
      };
    },
  };
}
