/** Packets of our own, and what comes back, for the door. What it refuses are Errors as the door's, with `code`. */
export interface InjectionDoor {
  /** Opens a socket that sends, inside a namespace. Needs CAP_NET_RAW there. */
  openSender(options: SenderOptions): Promise<SendSocket>;
  /**
   * Opens a packet socket for one protocol (linux/if_ether.h) that reaches a namespace, or one interface of it. Packets
   * are seen from their network layer on, whatever their link is. Needs CAP_NET_RAW there.
   */
  openAnswers(options: AnswersOptions): Promise<AnswerSocket>;
}

export type SenderOptions = { readonly netns?: string } & (
  | {
      /** Frames are put on this interface. */
      readonly interfaceIndex: number;
      /** linux/if_ether.h, for interfaces whose frames do not tell: tun. */
      readonly protocol?: number;
    }
  | {
      /** Packets with their IP header are given to the stack, which routes them to this address: 4 or 16 bytes. */
      readonly destination: Uint8Array;
      /** Interface of a link-local one. */
      readonly scope?: number;
    }
);

export interface SendSocket {
  /**
   * `packets`: length (4 bytes, little end first), the packet, filled up to a multiple of 4; again. Resolves when the
   * kernel has taken what it takes: the first `sent`. `times`: when it was given each of them (epoch ns, 8 bytes each,
   * little end first; sixteen at most have one time). `code`: why the next one was not: ENOBUFS and EAGAIN will pass,
   * EPERM is a filter of the namespace. Rejects with EBADF once it is closed.
   */
  send(packets: Uint8Array): Promise<{ readonly sent: number; readonly times: Uint8Array; readonly code?: string }>;
  /** Idempotent. */
  close(): void;
}

export interface AnswersOptions {
  readonly netns?: string;
  readonly protocol: number;
  readonly interfaceIndex?: number;
  /** BPF program (8 bytes an instruction, linux/filter.h), from the network layer on. */
  readonly filter: Uint8Array;
}

export interface AnswerSocket {
  /**
   * Starts delivery; called once. A batch is packets back to back: interface index and length (4 bytes each), when it
   * was taken in (epoch ns, 8 bytes), the packet from its network layer on, 2048 bytes of it at most, filled up to a
   * multiple of 8; numbers little end first. The buffer is the listener's to keep.
   */
  onAnswers(listener: (batch: Uint8Array) => void): void;
  /** Idempotent. Nothing is delivered after it returns. */
  close(): void;
}

/** Argument mistakes reject like every other failure of an asynchronous call. */
export function asInjectionDoor(addon: InjectionDoor): InjectionDoor {
  return {
    openSender: async (options) => addon.openSender(options),
    openAnswers: async (options) => addon.openAnswers(options),
  };
}
