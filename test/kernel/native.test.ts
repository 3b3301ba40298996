/** The door on a real kernel. Needs root: namespaces are made and removed. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { Attributes } from '../../src/native/attributes.ts';
import { Conversation } from '../../src/native/conversation.ts';
import type { NetlinkOptions } from '../../src/native/door.ts';
import { openDoor } from '../../src/native/index.ts';
import { MessageBuilder, messages, NLM_F } from '../../src/native/nlmsg.ts';
import { eventually } from '../eventually.ts';
import { TestNetns } from './native_netns.ts';

const NETLINK_ROUTE = 0;
const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const RTM_GETLINK = 18;
const IFLA_IFNAME = 3;
const RTNLGRP_LINK = 1;
const ETHTOOL_GDRVINFO = 3;
const ETHTOOL_GLINK = 10;

const door = openDoor();
const link = (type: number, flags: number) => new MessageBuilder(type, flags).fixed(new Uint8Array(16));

async function linksOf(options: Partial<NetlinkOptions>): Promise<(string | undefined)[]> {
  using conversation = new Conversation(await door.openNetlink({ protocol: NETLINK_ROUTE, ...options }));
  const { batches } = await conversation.dumpAll(link(RTM_GETLINK, NLM_F.dump).build());
  return batches.flatMap((batch) => [...messages(batch)].map(nameOf));
}

function nameOf({ payload }: { payload: Uint8Array }): string | undefined {
  const attributes = new Attributes(payload, 16);
  while (attributes.next()) if (attributes.type === IFLA_IFNAME) return attributes.text();
  return undefined;
}

test('links are dumped in our namespace and in others, however the openings are mixed', async () => {
  using a = new TestNetns();
  using b = new TestNetns();
  a.ip('link add inA type veth peer name inA2');
  b.ip('link add inB type veth peer name inB2');
  const own = readlinkSync('/proc/thread-self/ns/net');
  const asked = [a, undefined, b, undefined, a, b].map((netns) => linksOf(netns ? { netns: netns.path } : {}));
  const [first, ours, second, ...rest] = await Promise.all(asked);
  expect(first).toEqual(['lo', 'inA2', 'inA']);
  expect(second).toEqual(['lo', 'inB2', 'inB']);
  expect(rest).toEqual([ours, first, second]);
  expect(ours).not.toEqual(first);
  expect(readlinkSync('/proc/thread-self/ns/net')).toBe(own);
});

test("the kernel's refusals come with its own words, and requests at once with their own answers", async () => {
  using conversation = new Conversation(await door.openNetlink({ protocol: NETLINK_ROUTE, strict: true }));
  const lo = link(RTM_GETLINK, 0).string(IFLA_IFNAME, 'lo').build();
  const none = link(RTM_GETLINK, 0).string(IFLA_IFNAME, 'skNone').build();
  const strange = link(RTM_NEWLINK, NLM_F.create | NLM_F.exclusive).nested(18, (info) => info.string(1, 'skKind'));
  const answers = await Promise.allSettled([lo, none, strange.build(), lo].map((each) => conversation.request(each)));
  expect(answers).toMatchObject([
    { value: [expect.anything()] },
    { reason: { code: 'ENODEV' } },
    { reason: { code: 'ENOTSUP', reason: 'Unknown device type' } },
    { value: [expect.anything()] },
  ]);
});

test('what happens in a namespace is heard from a socket that was opened in it', async () => {
  using netns = new TestNetns();
  const socket = await door.openNetlink({ protocol: NETLINK_ROUTE, netns: netns.path, groups: [RTNLGRP_LINK] });
  const heard: string[] = [];
  socket.onBatch((batch, overrun, nsid) => {
    for (const message of messages(batch)) heard.push(`${message.type} ${nameOf(message)} ${overrun} ${nsid}`);
  });
  netns.ip('link add heard type veth peer name other');
  netns.ip('link del heard');
  await eventually(() => expect(heard.at(-1)).toContain(`${RTM_DELLINK} `));
  expect(heard).toContain(`${RTM_NEWLINK} heard false -1`);
  socket.close();
});

test('one socket hears of all namespaces that have an id, and says which', async () => {
  using netns = new TestNetns();
  const nsid = 1_000_000 + process.pid;
  execFileSync('ip', ['netns', 'set', netns.name, `${nsid}`]);
  const socket = await door.openNetlink({ protocol: NETLINK_ROUTE, groups: [RTNLGRP_LINK], allNamespaces: true });
  const heard = new Set<string>();
  socket.onBatch((batch, _, from) => {
    for (const message of messages(batch)) heard.add(`${nameOf(message)} ${from}`);
  });
  netns.ip('link add far type veth peer name other');
  await eventually(() => expect(heard).toContain(`far ${nsid}`));
  socket.close();
});

test('a queue too small overruns, says so, and goes on', async () => {
  using netns = new TestNetns();
  const options = { protocol: NETLINK_ROUTE, netns: netns.path };
  const listener = await door.openNetlink({ ...options, groups: [RTNLGRP_LINK], receiveBufferBytes: 2048 });
  const actor = await door.openNetlink({ ...options, receiveBufferBytes: 1 << 20 });
  let overruns = 0;
  const heard = new Set<string | undefined>();
  listener.onBatch((batch, overrun) => {
    if (overrun) overruns++;
    for (const message of messages(batch)) heard.add(nameOf(message));
  });
  const mtu = (value: number) => link(RTM_NEWLINK, NLM_F.request).string(IFLA_IFNAME, 'lo').u32(4, value).build();
  const sent = Array.from({ length: 2000 }, (_, i) => actor.send(mtu(1500 + (i % 2))));
  // While our loop stands still only a few batches can be on their way to us: the rest must wait in the kernel.
  execFileSync('sleep', ['0.3']);
  await Promise.all(sent);
  await eventually(() => expect(overruns).toBeGreaterThan(0));
  netns.ip('link add after type veth peer name other');
  // It overruns again where this process is slow to read.
  let size = 1_400;
  await eventually(() => {
    netns.ip(`link set after mtu ${size++}`);
    expect(heard).toContain('after');
  });
  listener.close();
  actor.close();
});

test('a large dump is whole and comes in few batches', async () => {
  using netns = new TestNetns();
  const rules = Array.from({ length: 5000 }, (_, i) => `route add blackhole 10.${i >> 8}.${i & 255}.0/24\n`).join('');
  execFileSync('ip', ['-n', netns.name, '-batch', '-'], { input: rules });
  using conversation = new Conversation(await door.openNetlink({ protocol: NETLINK_ROUTE, netns: netns.path }));
  const RTM_GETROUTE = 26;
  const get = new MessageBuilder(RTM_GETROUTE, NLM_F.dump).fixed(new Uint8Array(12)).build();
  const { batches } = await conversation.dumpAll(get);
  expect(batches.reduce((count, batch) => count + [...messages(batch)].length, 0)).toBe(5000);
  expect(batches.length).toBeLessThan(50);
});

test('a namespace is told from a later one with the same inode', () => {
  const inodes = new Set<number>();
  const cookies = new Set<bigint>();
  let made = 0;
  // A number is free again as soon as the kernel has cleaned up, which it does in its own time.
  while (inodes.size === made && made < 500) {
    using netns = new TestNetns();
    const identity = door.netnsIdentity(netns.path);
    inodes.add(identity.inode);
    cookies.add(identity.cookie);
    made++;
  }
  expect(inodes.size).toBe(made - 1);
  expect(cookies.size).toBe(made);
});

test('one namespace has one identity, by whatever path', () => {
  const own = door.netnsIdentity('/proc/self/ns/net');
  expect(own).toEqual(door.netnsIdentity(`/proc/${process.pid}/ns/net`));
  expect(readlinkSync('/proc/self/ns/net')).toBe(`net:[${own.inode}]`);
  using netns = new TestNetns();
  expect(door.netnsIdentity(netns.path)).not.toEqual(own);
});

test('every namespace with a process is found, with its lowest pid', async () => {
  const sleeper = spawn('unshare', ['-n', 'sleep', '60']);
  await once(sleeper, 'spawn');
  const pid = sleeper.pid as number;
  try {
    await eventually(async () => {
      const { inode } = door.netnsIdentity(`/proc/${pid}/ns/net`);
      expect(inode).not.toBe(door.netnsIdentity('/proc/self/ns/net').inode);
      expect(await door.processNamespaces()).toContainEqual({ pid, inode });
    });
    const found = await door.processNamespaces();
    expect(new Set(found.map(({ inode }) => inode)).size).toBe(found.length);
  } finally {
    sleeper.kill();
  }
});

test('ethtool is asked inside a namespace', async () => {
  using netns = new TestNetns();
  netns.ip('link add tooled type veth peer name other');
  const devices = await door.openDevices({ netns: netns.path });
  const command = new Uint8Array(196);
  command[0] = ETHTOOL_GDRVINFO;
  expect(Attributes.struct((await devices.ethtool('tooled', command)).subarray(4)).text()).toBe('veth');
  expect([...command.subarray(4)]).toEqual(Array(192).fill(0));
  await expect(devices.ethtool('nope', command)).rejects.toThrow('ethtool nope: ENODEV');
  await expect(devices.ethtool('a name far too long for a device', command)).rejects.toThrow('ENODEV');
  await expect(devices.ethtool('tooled', new Uint8Array(0))).rejects.toThrow('EINVAL');
  // The kernel wants to write 196 bytes: it may not, rather than write past ours.
  await expect(devices.ethtool('tooled', command.slice(0, 8))).rejects.toThrow('EFAULT');
  devices.close();
  await expect(devices.ethtool('tooled', command)).rejects.toThrow('EBADF');
});

test('failures say what was attempted, and have errno as their code', async () => {
  const refusals: [() => unknown, string, string][] = [
    [() => door.openNetlink({ protocol: 0, netns: '/run/netns/none' }), 'ENOENT', 'setns /run/netns/none: ENOENT'],
    [() => door.openNetlink({ protocol: 0, netns: '/proc/self/ns/uts' }), 'EINVAL', 'not a network namespace'],
    [() => door.openNetlink({ protocol: 0, netns: '/etc/passwd' }), 'EINVAL', 'not a network namespace'],
    [() => door.openDevices({ netns: '/run/netns/none' }), 'ENOENT', 'setns'],
    [() => door.openNetlink({ protocol: 31 }), 'EPROTONOSUPPORT', 'protocol 31'],
    [() => door.openNetlink({ protocol: 0, groups: [4000] }), 'EINVAL', 'join group 4000'],
    [() => door.netnsIdentity('/run/netns/none'), 'ENOENT', 'open /run/netns/none'],
    [() => door.netnsIdentity('/tmp'), 'EINVAL', 'not a network namespace'],
  ];
  for (const [attempt, code, message] of refusals) {
    const error = (await Promise.resolve()
      .then(attempt)
      .catch((caught) => caught)) as Error & { code: string };
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  }
});

test('arguments that make no sense are refused by name', async () => {
  const wrong = (options: unknown) => door.openNetlink(options as NetlinkOptions);
  await expect(wrong({})).rejects.toThrow('protocol is missing');
  await expect(wrong({ protocol: 'route' })).rejects.toThrow('protocol must be a whole number');
  await expect(wrong({ protocol: 0, netns: 5 })).rejects.toThrow('netns must be a string');
  await expect(wrong({ protocol: 0, groups: [-1] })).rejects.toThrow('groups must be');
  await expect(wrong(undefined)).rejects.toThrow('options must be an object');
  const socket = await door.openNetlink({ protocol: 0 });
  expect(() => socket.send('text' as unknown as Uint8Array)).toThrow('message must be a Uint8Array');
  expect(() => socket.onBatch(5 as unknown as () => void)).toThrow('listener must be a function');
  socket.close();
});

test('a closed socket delivers nothing more, sends nothing, and may be closed again', async () => {
  using netns = new TestNetns();
  const socket = await door.openNetlink({ protocol: 0, netns: netns.path, groups: [RTNLGRP_LINK] });
  let heard = 0;
  socket.onBatch(() => heard++);
  expect(() => socket.onBatch(() => {})).toThrow('EALREADY');
  netns.ip('link set lo up'); // on its way to us when we close
  socket.close();
  socket.close();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toBe(0);
  await expect(socket.send(link(RTM_GETLINK, 1).build())).rejects.toThrow('EBADF');
  expect(() => socket.onBatch(() => {})).toThrow('EBADF');
});

function rename(ifindex: number, name: string): Uint8Array {
  const head = new Uint8Array(16);
  head[4] = ifindex;
  return new MessageBuilder(RTM_NEWLINK, NLM_F.request).fixed(head).string(IFLA_IFNAME, name).build();
}

function glink(): Uint8Array {
  const command = new Uint8Array(8);
  command[0] = ETHTOOL_GLINK;
  return command;
}

test('what is sent and asked keeps its order', async () => {
  using netns = new TestNetns();
  const devices = await door.openDevices({ netns: netns.path });
  const actor = await door.openNetlink({ protocol: NETLINK_ROUTE, netns: netns.path });
  const ask = (name: string) => devices.ethtool(name, glink());
  const done: string[] = [];
  const note = (step: string, call: Promise<unknown>) =>
    call.then(
      () => done.push(step),
      ({ code }) => done.push(`${step} ${code}`),
    );
  await Promise.all([
    note('lo', ask('lo')),
    note('rename', actor.send(rename(1, 'ol'))),
    note('lo', ask('lo')),
    note('ol', ask('ol')),
  ]);
  expect(done).toEqual(['lo', 'rename', 'lo ENODEV', 'ol']);
  devices.close();
  actor.close();
});

test('what still waits when its socket is closed is refused', async () => {
  using netns = new TestNetns();
  // On a busy machine most of it may be done before this thread comes to close anything.
  await eventually(async () => {
    const devices = await door.openDevices({ netns: netns.path });
    const actor = await door.openNetlink({ protocol: NETLINK_ROUTE, netns: netns.path });
    const late = Array.from({ length: 2000 }, () => devices.ethtool('lo', glink()));
    const sent = Array.from({ length: 2000 }, () => actor.send(rename(1, 'lo')));
    devices.close();
    devices.close();
    actor.close();
    const outcomes = await Promise.allSettled([...late, ...sent]);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(new Set(refused.map((one) => (one as PromiseRejectedResult).reason.code))).toEqual(new Set(['EBADF']));
    expect(refused.length).toBeGreaterThan(2000);
  });
});

test('a socket outlives the name of its namespace', async () => {
  const netns = new TestNetns();
  const options = { protocol: NETLINK_ROUTE, netns: netns.path };
  using conversation = new Conversation(await door.openNetlink(options));
  netns[Symbol.dispose]();
  const { batches } = await conversation.dumpAll(link(RTM_GETLINK, NLM_F.dump).build());
  expect(batches.flatMap((batch) => [...messages(batch)].map(nameOf))).toEqual(['lo']);
  await expect(door.openNetlink(options)).rejects.toMatchObject({ code: 'ENOENT' });
});
