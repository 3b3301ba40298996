/**
 * A scripted kernel behind the door, for tests without root. The script is looked at again for every call, so a test
 * may change it as it goes.
 *
 *     const door = fakeDoor({ netlink: ({ type }) => (type === RTM_GETLINK ? [link] : []) });
 *     const socket = await door.openNetlink({ protocol: 0 });
 *     door.sockets[0].push(event);          // as if the kernel had sent it
 *     door.changeNamespaces();              // fires watchNamespaces
 */
import { constants } from 'node:os';
import type {
  DeviceSocket,
  Door,
  FrameSocket,
  FramesOptions,
  NamespaceWatch,
  NetlinkOptions,
  NetlinkSocket,
  NetnsIdentity,
} from './door.ts';
import { HEADER_BYTES, LITTLE, type Message, MessageBuilder, messages, NLM_F, NLMSG } from './nlmsg.ts';

export interface FakeScript {
  /**
   * What the kernel answers: whole messages (their sequence and port id are filled in; NLMSG_DONE or the ACK follows
   * by itself), or a refusal. `undefined` refuses with ENOTSUP.
   */
  netlink?: (request: Message, opened: NetlinkOptions) => FakeAnswer;
  /** By path. A path that is missing is ENOENT for everything. Left out: every path opens, none has an identity. */
  identities?: Record<string, NetnsIdentity>;
  processes?: readonly { readonly pid: number; readonly inode: number }[];
  /** The command as the kernel fills it; `undefined` refuses with ENOTSUP, a device that is missing with ENODEV. */
  ethtool?: (
    interfaceName: string,
    command: Uint8Array,
    netns: string | undefined,
  ) => Uint8Array | undefined | 'ENODEV';
  /** errno's name when watching is refused. */
  watch?: string;
}

export type FakeAnswer = readonly Uint8Array[] | { readonly errno: number; readonly reason?: string } | undefined;

export interface FakeDoor extends Door {
  readonly script: FakeScript;
  /** Every netlink socket that was opened, in order. */
  readonly sockets: readonly FakeSocket[];
  /** Every frame socket that was opened, in order. */
  readonly frames: readonly FakeFrames[];
  readonly watchers: number;
  changeNamespaces(): void;
}

export function fakeDoor(script: FakeScript = {}): FakeDoor {
  const sockets: FakeSocket[] = [];
  const frames: FakeFrames[] = [];
  const watches = new Set<() => void>();
  const enter = (attempt: string, path: string | undefined) => {
    if (path !== undefined && script.identities && !script.identities[path])
      throw refused(`${attempt} ${path}`, 'ENOENT');
  };
  return {
    script,
    sockets,
    frames,
    get watchers() {
      return watches.size;
    },
    changeNamespaces() {
      for (const onChange of [...watches]) onChange();
    },
    async openNetlink(options) {
      enter('setns', options.netns);
      const socket = new FakeSocket(options, sockets.length + 1, script);
      sockets.push(socket);
      return socket;
    },
    async openDevices({ netns }) {
      enter('setns', netns);
      return fakeDevices(script, netns);
    },
    async openFrames(options) {
      enter('setns', options.netns);
      const socket = new FakeFrames(options);
      frames.push(socket);
      return socket;
    },
    netnsIdentity(path) {
      const identity = script.identities?.[path];
      if (!identity) throw refused(`open ${path}`, 'ENOENT');
      return identity;
    },
    processNamespaces: async () => script.processes ?? [],
    watchNamespaces(onChange): NamespaceWatch {
      if (script.watch !== undefined) throw refused('watch network namespaces', script.watch);
      const told = () => onChange();
      watches.add(told);
      return { kind: 'fake', close: () => void watches.delete(told) };
    },
    async watchSockets() {
      throw refused('watch sockets', 'EPERM');
    },
    processSockets: async () => ({ pairs: new Uint8Array(0), hidden: 0, isCut: false }),
  };
}

/** Everything is delivered in microtasks, as the real one never calls back from within a call. */
export class FakeSocket implements NetlinkSocket {
  readonly options: NetlinkOptions;
  readonly portId: number;
  /** What was sent, as it was sent. */
  readonly sent: Uint8Array[] = [];
  isClosed = false;
  #script: FakeScript;
  #listener: ((batch: Uint8Array, overrun: boolean, nsid: number) => void) | undefined;
  #queue: { readonly batch: Uint8Array; readonly overrun: boolean; readonly nsid: number }[] = [];

  constructor(options: NetlinkOptions, portId: number, script: FakeScript) {
    this.options = options;
    this.portId = portId;
    this.#script = script;
  }

  /** The kernel says something by itself. */
  push(batch: Uint8Array, overrun = false, nsid = -1): void {
    this.#queue.push({ batch, overrun, nsid });
    this.#deliver();
  }

  async send(message: Uint8Array): Promise<void> {
    if (this.isClosed) throw refused('send on a closed netlink socket', 'EBADF');
    this.sent.push(message.slice());
    for (const request of messages(message.slice())) {
      const answer = answerTo(request, this.#script.netlink?.(request, this.options), this.portId);
      if (answer.length > 0) this.push(answer);
    }
  }

  onBatch(listener: (batch: Uint8Array, overrun: boolean, nsid: number) => void): void {
    if (this.isClosed) throw refused('listen on a closed netlink socket', 'EBADF');
    if (this.#listener) throw refused('listen twice on a netlink socket', 'EALREADY');
    this.#listener = listener;
    this.#deliver();
  }

  close(): void {
    this.isClosed = true;
  }

  #deliver(): void {
    queueMicrotask(() => {
      while (this.#listener && !this.isClosed) {
        const next = this.#queue.shift();
        if (!next) return;
        this.#listener(next.batch, next.overrun, next.nsid);
      }
    });
  }
}

export class FakeFrames implements FrameSocket {
  readonly options: FramesOptions;
  /** Interfaces that joined an address. */
  readonly joined: number[] = [];
  isClosed = false;
  #listener: ((batch: Uint8Array) => void) | undefined;

  constructor(options: FramesOptions) {
    this.options = options;
  }

  /** A frame arrives at an interface. */
  push(interfaceIndex: number, frame: Uint8Array): void {
    const batch = new Uint8Array(8 + ((frame.length + 3) & ~3));
    new DataView(batch.buffer).setUint32(0, interfaceIndex, LITTLE);
    new DataView(batch.buffer).setUint32(4, frame.length, LITTLE);
    batch.set(frame, 8);
    queueMicrotask(() => this.isClosed || this.#listener?.(batch));
  }

  async join(interfaceIndex: number): Promise<void> {
    this.joined.push(interfaceIndex);
  }

  onFrames(listener: (batch: Uint8Array) => void): void {
    this.#listener = listener;
  }

  close(): void {
    this.isClosed = true;
  }
}

function fakeDevices(script: FakeScript, netns: string | undefined): DeviceSocket {
  let isClosed = false;
  return {
    async ethtool(interfaceName, command) {
      const attempt = `ethtool ${interfaceName}`;
      if (isClosed) throw refused(`${attempt} on a closed socket`, 'EBADF');
      const answer = script.ethtool?.(interfaceName, command.slice(), netns);
      if (answer === undefined || answer === 'ENODEV') throw refused(attempt, answer ?? 'ENOTSUP');
      return answer;
    },
    close() {
      isClosed = true;
    },
  };
}

function answerTo(request: Message, answer: FakeAnswer, portId: number): Uint8Array {
  const isDump = (request.flags & NLM_F.dump) === NLM_F.dump;
  const parts: Uint8Array[] = isAnswer(answer) ? answer.map((part) => part.slice()) : [];
  if (!isAnswer(answer)) parts.push(errorMessage(request, answer ?? { errno: constants.errno.ENOTSUP }));
  else if (isDump) parts.push(new MessageBuilder(NLMSG.done, 0).fixed(new Uint8Array(4)).build());
  else if (request.flags & NLM_F.ack) parts.push(errorMessage(request, { errno: 0 }));
  for (const part of parts) stamp(part, request.sequence, portId, isDump && isAnswer(answer) ? NLM_F.multi : 0);
  return joined(parts);
}

function isAnswer(answer: FakeAnswer): answer is readonly Uint8Array[] {
  return Array.isArray(answer);
}

const NLMSGERR_ATTR_MSG = 1;

function errorMessage(request: Message, { errno, reason }: { errno: number; reason?: string }): Uint8Array {
  const fixed = new Uint8Array(4 + HEADER_BYTES);
  new Int32Array(fixed.buffer)[0] = -errno;
  fixed.set(request.bytes.subarray(0, HEADER_BYTES), 4);
  const message = new MessageBuilder(NLMSG.error, NLM_F.capped | (reason === undefined ? 0 : NLM_F.ackTlvs));
  message.fixed(fixed);
  if (reason !== undefined) message.string(NLMSGERR_ATTR_MSG, reason);
  return message.build();
}

function stamp(message: Uint8Array, sequence: number, portId: number, flags: number): void {
  const view = new DataView(message.buffer, message.byteOffset);
  view.setUint16(6, view.getUint16(6, LITTLE) | flags, LITTLE);
  view.setUint32(8, sequence, LITTLE);
  view.setUint32(12, portId, LITTLE);
}

/** Messages back to back, each aligned, as one batch. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const batch = new Uint8Array(parts.reduce((size, part) => size + ((part.length + 3) & ~3), 0));
  let at = 0;
  for (const part of parts) {
    batch.set(part, at);
    at += (part.length + 3) & ~3;
  }
  return batch;
}

function refused(attempt: string, code: string): Error {
  return Object.assign(new Error(`${attempt}: ${code}`), { code });
}
