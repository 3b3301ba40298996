/** Which namespace a number means, when the kernel's word of it is lost, late or overtaken. */
import { Conversation } from '../../../src/native/conversation.ts';
import { type FakeAnswer, fakeDoor } from '../../../src/native/fake.ts';
import { messages } from '../../../src/native/nlmsg.ts';
import { interfaceId } from '../../../src/probes/identity.ts';
import { Nsids } from '../../../src/probes/netlink/nsids.ts';
import { RTM } from '../../../src/probes/netlink/rtm.ts';
import type { Namespace } from '../../../src/probes/probe.ts';
import { eventually } from '../../eventually.ts';
import { linkMessage, nsidMessage } from '../../fixtures/netlink/message.ts';
import { type Running, self } from '../context.ts';
import { askedAbout, type FakeKernel, fakeKernel, watch } from './fakekernel.ts';

/** Any file stands for a namespace here: nobody enters it. */
const blue: Namespace = { nodeId: 'node-blue', tid: 'tid-blue', path: '/dev/null', cookie: 2n, name: 'blue' };
const green: Namespace = { nodeId: 'node-green', tid: 'tid-green', path: '/dev/zero', cookie: 3n, name: 'green' };

/** An end of a pair whose other end is in the namespace that ours has the number 1 for. */
const end = linkMessage({ ifindex: 2 }, (m) => {
  m.string(3, 'left').u32(5, 3).i32(37, 1);
  m.nested(18, (info) => void info.string(1, 'veth'));
});

const otherEnd = ({ graph }: Running) =>
  [...graph.now().nodes(interfaceId(self.id, 2))].map(({ metadata }) => metadata.LinkNetNsName)[0];

/** How often a namespace was asked about by ours. */
const questions = ({ door }: FakeKernel) =>
  door.sockets
    .filter(({ options }) => options.netns === undefined)
    .flatMap(({ sent }) => sent.filter((message) => [...messages(message)].some(({ type }) => type === RTM.getNsid)))
    .length;

test('a number that was given away in news that were lost is found', async () => {
  const kernel = fakeKernel([[2, end]]);
  await using running = await watched(kernel);
  // We, blue and green were asked about, and have no number.
  await eventually(() => expect(questions(kernel)).toBe(3));
  expect(otherEnd(running)).toBeUndefined();
  kernel.nsids.set(blue.path, 1);
  kernel.overrun();
  await eventually(() => expect(otherEnd(running)).toBe('blue'));
});

test('a number that went from one namespace to another in news that were lost means the other', async () => {
  const kernel = fakeKernel([[2, end]]);
  kernel.nsids.set(blue.path, 1);
  await using running = await watched(kernel);
  await eventually(() => expect(otherEnd(running)).toBe('blue'));
  kernel.nsids.delete(blue.path);
  kernel.nsids.set(green.path, 1);
  kernel.overrun();
  await eventually(() => expect(otherEnd(running)).toBe('green'));
});

test('an answer that news overtook is not believed', async () => {
  const { nsids, found, numbers, onAsked } = await asking([blue, green]);
  numbers.set(blue.path, 1);
  onAsked(() => {
    // After the kernel has answered, before we hear it.
    numbers.delete(blue.path);
    numbers.set(green.path, 1);
    nsids.changed(1);
  });
  nsids.find(1);
  await nsids.idle();
  expect(nsids.find(1)).toBe(green.nodeId);
  expect(found).toEqual([1]);
});

test('what a number means is said all the while that it is asked again, and not any more when nobody has it', async () => {
  const { nsids, numbers } = await asking([blue, green]);
  numbers.set(blue.path, 1).set(green.path, 2);
  for (const nsid of [1, 2]) nsids.find(nsid);
  await nsids.idle();
  numbers.delete(green.path);
  nsids.doubtAll();
  expect([1, 2].map((nsid) => nsids.find(nsid))).toEqual([blue.nodeId, green.nodeId]);
  await nsids.idle();
  expect([1, 2].map((nsid) => nsids.find(nsid))).toEqual([blue.nodeId, undefined]);
});

test('a namespace that goes while it is asked about is not what a number means', async () => {
  const listed = [blue, green];
  const { nsids, numbers, onAsked } = await asking(listed);
  numbers.set(blue.path, 1);
  onAsked(() => {
    listed.shift();
    nsids.forget(blue.nodeId);
  });
  nsids.find(1);
  await nsids.idle();
  expect(nsids.find(1)).toBeUndefined();
});

test('a namespace that comes while others are asked about is asked about too', async () => {
  const listed = [blue];
  const { nsids, found, numbers, onAsked } = await asking(listed);
  numbers.set(green.path, 1);
  onAsked(() => {
    listed.push(green);
    nsids.search();
  });
  nsids.find(1);
  await nsids.idle();
  expect(nsids.find(1)).toBe(green.nodeId);
  expect(found).toEqual([1]);
});

test('a question whose answer was lost is asked again when somebody wants to know again', async () => {
  const { nsids, numbers, onAsked } = await asking([blue]);
  numbers.set(blue.path, 1);
  const ENOBUFS = 105;
  onAsked(() => ({ errno: ENOBUFS }));
  nsids.find(1);
  await nsids.idle();
  expect(nsids.find(1)).toBeUndefined();
  await nsids.idle();
  expect(nsids.find(1)).toBe(blue.nodeId);
});

/** The probe over our namespace, whose kernel this is, with two more listed. */
async function watched(kernel: FakeKernel): Promise<Running & AsyncDisposable> {
  const running = await watch(kernel);
  for (const { nodeId, name } of [blue, green])
    running.graph.apply([{ kind: 'node', id: nodeId, metadata: { Type: 'netns', Name: name } }], {
      host: self.name,
      origin: 'agent.h',
      time: 1000,
    });
  for (const one of [blue, green]) running.namespaces.add(one);
  return { ...running, [Symbol.asyncDispose]: () => running.stop() };
}

/** Numbers asked of a kernel that has those in `numbers`; what is given to `onAsked` happens at the first question. */
async function asking(candidates: readonly Namespace[]) {
  const numbers = new Map<string, number>();
  const found: number[] = [];
  let happens: (() => FakeAnswer) | undefined;
  const door = fakeDoor({
    netlink: ({ payload }) => {
      const answer = [nsidMessage(numbers.get(askedAbout(payload)) ?? -1)];
      const now = happens;
      happens = undefined;
      return now?.() ?? answer;
    },
  });
  const nsids = new Nsids(
    new Conversation(await door.openNetlink({ protocol: 0 })),
    () => candidates,
    (nsid) => found.push(nsid),
    (error) => {
      throw error;
    },
  );
  return { nsids, found, numbers, onAsked: (then: () => FakeAnswer) => (happens = then) };
}
