/** A kernel of one namespace, ours, whose links a test sets; and the netlink probe that looks at it. */
import { readlinkSync } from 'node:fs';
import { type FakeAnswer, type FakeDoor, type FakeScript, fakeDoor } from '../../../src/native/fake.ts';
import { LITTLE, type Message } from '../../../src/native/nlmsg.ts';
import { netlink } from '../../../src/probes/netlink/index.ts';
import type { Probe } from '../../../src/probes/probe.ts';
import { nsidMessage } from '../../fixtures/netlink/message.ts';
import { type Running, runProbe, self } from '../context.ts';

export interface FakeKernel {
  readonly door: FakeDoor;
  /** RTM_NEWLINK messages by ifindex. */
  readonly links: Map<number, Uint8Array>;
  /** What dumps of other kinds answer, by type of request. */
  readonly others: Map<number, readonly Uint8Array[]>;
  /** Numbers that our namespace has for others, by the file that stands for each. */
  readonly nsids: Map<string, number>;
  /** What the event socket hears. */
  tell(...events: readonly Uint8Array[]): void;
  overrun(): void;
}

const RTM_GETLINK = 18;
const RTM_GETNSID = 90;
const ENODEV = 19;

export function fakeKernel(
  links: readonly (readonly [number, Uint8Array])[] = [],
  script: FakeScript = {},
): FakeKernel {
  const kernel: FakeKernel = {
    links: new Map(links),
    others: new Map<number, readonly Uint8Array[]>(),
    nsids: new Map<string, number>(),
    door: fakeDoor({
      netlink: (request, { protocol }) => (protocol === 0 ? answer(request) : undefined),
      ...script,
    }),
    tell(...events) {
      for (const socket of kernel.door.sockets)
        if (socket.options.groups) for (const event of events) socket.push(event);
    },
    overrun() {
      for (const socket of kernel.door.sockets) if (socket.options.groups) socket.push(new Uint8Array(), true);
    },
  };

  function answer({ type, payload }: Message): FakeAnswer {
    if (type === RTM_GETNSID) return [nsidMessage(kernel.nsids.get(askedAbout(payload)) ?? -1)];
    if (type !== RTM_GETLINK) return kernel.others.get(type) ?? [];
    const ifindex = new DataView(payload.buffer, payload.byteOffset).getInt32(4, LITTLE);
    if (payload[0] !== 0) return [];
    if (ifindex === 0) return [...kernel.links.values()];
    const link = kernel.links.get(ifindex);
    return link ? [link] : { errno: ENODEV };
  }

  return kernel;
}

/** The file that RTM_GETNSID asks about: struct rtgenmsg, then NETNSA_FD, the number by which we have it open. */
export function askedAbout(payload: Uint8Array): string {
  const fd = new DataView(payload.buffer, payload.byteOffset).getUint32(8, LITTLE);
  return readlinkSync(`/proc/self/fd/${fd}`);
}

/** Ready when it resolves. */
export async function watch(kernel: FakeKernel, options: unknown = {}, before?: Running): Promise<Running> {
  const running = runProbe(netlink as Probe, { door: kernel.door, options, ...(before && { before }) });
  running.namespaces.add({ nodeId: self.id, tid: self.tid, path: '/proc/self/ns/net', cookie: 1n, name: self.name });
  await running.ready;
  return running;
}

/** Edges between interfaces as `parent -relation/type-> child`, sorted. */
export function relations({ graph }: Running): string[] {
  const name = (id: string) => [...graph.now().nodes(id)][0]?.metadata.Name ?? id;
  return [...graph.now().edges()]
    .filter(({ metadata }) => metadata.RelationType !== 'ownership')
    .map(({ parent, child, metadata }) => {
      const { RelationType, Type } = metadata;
      return `${name(parent)} -${RelationType}${Type === undefined ? '' : `/${Type}`}-> ${name(child)}`;
    })
    .sort();
}

export function names({ graph }: Running): string[] {
  return [...graph.now().nodes()].map(({ metadata }) => String(metadata.Name)).sort();
}

/** Lets everything happen that needs no time. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
