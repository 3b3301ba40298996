/**
 * Sockets and who holds them, for the door. Whole tables cross as one buffer. What it refuses are Errors as the door's,
 * with code EPERM or ENOTSUP and what is missing.
 */

export interface SocketDoor {
  /**
   * Hears each change of state of TCP sockets, of all network namespaces of the machine, from the kernel (BPF).
   * `records` are structs socket_record (bpf/socket.h) back to back, in the order things happened; the buffer is the
   * listener's to keep. `lost`: how many changes found no room, ever. At once, but at most every 100 ms. Does not keep
   * the process alive.
   */
  watchSockets(onChanges: (records: Uint8Array, lost: number) => void): Promise<SocketWatch>;
  /** Which process holds which socket, read from /proc on a thread. */
  processSockets(): Promise<ProcessSockets>;
}

export interface SocketWatch {
  /** The TCP and UDP sockets that processes hold open, of all namespaces: a record for each descriptor. */
  walk(): Promise<SocketsWalked>;
  /** Idempotent. Nothing is delivered after it returns. */
  close(): void;
}

export interface SocketsWalked {
  readonly records: Uint8Array;
  /** There are more than are told. */
  readonly isCut: boolean;
}

export interface ProcessSockets {
  /** Inode and pid, each 4 bytes in this machine's order; again for each descriptor. */
  readonly pairs: Uint8Array;
  /** Processes that are not ours to look at. */
  readonly hidden: number;
  /** There are more than are told. */
  readonly isCut: boolean;
}

/** The addon's half: tells once, and not again before `rearm`. */
export interface SocketAddon {
  openSocketWatch(onChanges: (records: Uint8Array, lost: number) => void): Promise<NativeSocketWatch>;
  processSockets(): Promise<ProcessSockets>;
}

interface NativeSocketWatch extends SocketWatch {
  rearm(): void;
}

/** A storm of connections is told at most this often; what comes meanwhile waits in the kernel. */
const REST_MS = 100;

export function asSocketDoor(addon: SocketAddon): SocketDoor {
  return {
    async watchSockets(onChanges) {
      let rest: NodeJS.Timeout | undefined;
      const watch = await addon.openSocketWatch((records, lost) => {
        rest = setTimeout(() => watch.rearm(), REST_MS).unref();
        onChanges(records, lost);
      });
      return {
        walk: () => watch.walk(),
        close() {
          clearTimeout(rest);
          watch.close();
        },
      };
    },
    processSockets: () => addon.processSockets(),
  };
}
