import fc from 'fast-check';
import { Conversation } from '../../src/native/conversation.ts';
import { type FakeDoor, type FakeScript, type FakeSocket, fakeDoor, joined } from '../../src/native/fake.ts';
import { MessageBuilder, messages, NLM_F, NLMSG } from '../../src/native/nlmsg.ts';

const GET = 18;
const link = (name: string) => new MessageBuilder(16, 0).fixed(new Uint8Array(16)).string(3, name).build();
const get = (flags = 0) => new MessageBuilder(GET, flags).fixed(new Uint8Array(16)).build();
const dump = get(NLM_F.dump);

async function talk(script: FakeScript): Promise<{ conversation: Conversation; socket: FakeSocket; door: FakeDoor }> {
  const door = fakeDoor(script);
  const conversation = new Conversation(await door.openNetlink({ protocol: 0 }));
  return { conversation, socket: door.sockets[0] as FakeSocket, door };
}

/** An answer as the kernel would frame it, made by hand where the fake would make a good one. */
function framed(type: number, sequence: number, flags = 0, payload = new Uint8Array(4)): Uint8Array {
  const message = new MessageBuilder(type, flags).fixed(payload).build();
  message.set(new Uint8Array(new Uint32Array([sequence]).buffer), 8);
  return message;
}

async function all(batches: AsyncIterable<Uint8Array>): Promise<number> {
  let count = 0;
  for await (const batch of batches) count += [...messages(batch)].length;
  return count;
}

test('a request is answered with all messages up to its acknowledgement', async () => {
  const { conversation } = await talk({ netlink: () => [link('a'), link('b')] });
  expect((await conversation.request(get())).length).toBe(2);
});

test('the message given stays as it was; sequence, port and flags are set on a copy', async () => {
  const { conversation, socket } = await talk({ netlink: () => [] });
  const message = get();
  const before = [...message];
  await conversation.request(message);
  expect([...message]).toEqual(before);
  const [sent] = [...messages(socket.sent[0] as Uint8Array)];
  expect(sent).toMatchObject({ sequence: 1, portId: socket.portId, flags: NLM_F.request | NLM_F.ack });
});

test("a refusal has errno's name and the kernel's own words", async () => {
  const { conversation } = await talk({ netlink: () => ({ errno: 22, reason: 'Unknown device type' }) });
  await expect(conversation.request(get())).rejects.toMatchObject({
    code: 'EINVAL',
    message: 'netlink request of type 18: EINVAL: Unknown device type',
  });
});

test('a dump ends at its last message, and is refused like any request', async () => {
  const { conversation, door } = await talk({ netlink: () => [link('a'), link('b'), link('c')] });
  expect(await all(conversation.dump(dump))).toBe(3);
  door.script.netlink = () => ({ errno: 1 });
  await expect(all(conversation.dump(dump))).rejects.toMatchObject({ code: 'EPERM' });
});

test('an error in the closing message of a dump is not lost', async () => {
  const { conversation, socket } = await talk({});
  socket.send = async () =>
    socket.push(framed(NLMSG.done, 1, NLM_F.multi, new Uint8Array(new Int32Array([-12]).buffer)));
  await expect(all(conversation.dump(dump))).rejects.toMatchObject({ code: 'ENOMEM' });
});

test('many requests at once are answered in order, one under way at a time', async () => {
  const { conversation, socket } = await talk({ netlink: ({ sequence }) => Array(sequence).fill(link('x')) });
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => conversation.request(get())));
  expect(answers.map(({ length }) => length)).toEqual([1, 2, 3, 4, 5]);
  expect(socket.sent.length).toBe(5);
});

test('a dump that was interrupted is flagged, or begun anew until it is of one moment', async () => {
  let calls = 0;
  const interrupted = new MessageBuilder(16, NLM_F.dumpInterrupted).fixed(new Uint8Array(16)).build();
  const { conversation } = await talk({ netlink: () => (++calls % 3 === 0 ? [link('a')] : [link('a'), interrupted]) });
  const once = conversation.dump(dump);
  expect(await all(once)).toBe(2);
  expect(once.interrupted).toBe(true);
  expect(await conversation.dumpAll(dump)).toMatchObject({ interrupted: false });
  expect(calls).toBe(3);
});

test('a table that never rests is told as it is after a few attempts', async () => {
  let calls = 0;
  const interrupted = new MessageBuilder(16, NLM_F.dumpInterrupted).fixed(new Uint8Array(16)).build();
  const { conversation } = await talk({ netlink: () => (calls++ < 99 ? [interrupted] : []) });
  expect(await conversation.dumpAll(dump, 3)).toMatchObject({ interrupted: true });
  expect(calls).toBe(3);
});

test('a lost answer rejects the request, and the next one is asked', async () => {
  const { conversation, socket, door } = await talk({ netlink: () => [] });
  const send = socket.send.bind(socket);
  socket.send = async () => socket.push(new Uint8Array(), true);
  const lost = conversation.request(get());
  socket.send = send;
  await expect(lost).rejects.toMatchObject({ code: 'ENOBUFS' });
  door.script.netlink = () => [link('a')];
  expect((await conversation.request(get())).length).toBe(1);
});

test('a loss in the middle of a dump is told at its end, and dumpAll begins anew', async () => {
  let calls = 0;
  const { conversation, socket } = await talk({});
  socket.send = async () => {
    calls++;
    const sequence = calls;
    if (calls === 1) socket.push(framed(16, sequence, NLM_F.multi, new Uint8Array(16)), true);
    socket.push(framed(NLMSG.done, sequence, NLM_F.multi));
  };
  await conversation.dumpAll(dump);
  expect(calls).toBe(2);
});

test('a dump that nobody listens to any more does not disturb what follows', async () => {
  const { conversation, socket, door } = await talk({ netlink: () => [link('a'), link('b')] });
  const send = socket.send.bind(socket);
  socket.send = async (message) => {
    socket.sent.push(message);
    socket.push(framed(16, 1, NLM_F.multi, new Uint8Array(16)));
  };
  for await (const _ of conversation.dump(dump)) break;
  socket.send = send;
  const next = conversation.request(get());
  socket.push(joined([framed(16, 1, NLM_F.multi, new Uint8Array(16)), framed(NLMSG.done, 1, NLM_F.multi)]));
  expect((await next).length).toBe(2);
  expect(door.sockets.length).toBe(1);
});

test('a dump begun by nobody is never sent', async () => {
  const { conversation, socket } = await talk({ netlink: () => [] });
  conversation.dump(dump);
  await conversation.request(get());
  expect(socket.sent.length).toBe(1);
});

test('messages that answer nothing are counted, not mistaken', async () => {
  const { conversation, socket } = await talk({});
  socket.send = async () =>
    socket.push(
      joined([framed(16, 99), framed(NLMSG.error, 98), framed(16, 1, 0, new Uint8Array(20)), framed(NLMSG.error, 1)]),
    );
  expect((await conversation.request(get())).length).toBe(1);
  expect(conversation.strays).toBe(2);
});

test('closing rejects what is under way and what waits, and all that is asked later', async () => {
  const { conversation, socket } = await talk({});
  socket.send = async () => {};
  const asked = [conversation.request(get()), all(conversation.dump(dump)), conversation.request(get())];
  conversation.close();
  conversation.close();
  for (const each of [...asked, conversation.request(get()), all(conversation.dump(dump))]) {
    await expect(each).rejects.toMatchObject({ code: 'EBADF' });
  }
  expect(socket.isClosed).toBe(true);
});

test('a message too short to be one is refused before it is sent', async () => {
  const { conversation } = await talk({});
  await expect(conversation.request(new Uint8Array(3))).rejects.toMatchObject({ code: 'EINVAL' });
});

test('a socket that refuses to send rejects the request with its error', async () => {
  const { conversation, socket } = await talk({});
  socket.close();
  await expect(conversation.request(get())).rejects.toMatchObject({ code: 'EBADF' });
});

test('whatever bytes come, nothing is thrown and the acknowledgement still ends the request', async () => {
  const { conversation, socket } = await talk({});
  let sequence = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), async (noise) => {
      sequence++;
      const asked = sequence;
      socket.send = async () => {
        for (const bytes of noise) socket.push(bytes);
        socket.push(framed(NLMSG.error, asked));
      };
      await conversation.request(get());
    }),
  );
});
