/** A switch that says what no switch says, over a real socket: the probe goes on, and reads the next one. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frames, frame, type Message } from '../../../src/openflow/frames.ts';
import { Switch } from '../../../src/openflow/switch.ts';
import { helloBody } from '../../../src/openflow/versions.ts';
import { openflow } from '../../../src/probes/openflow/index.ts';
import { eventually } from '../../eventually.ts';
import { type Running, runProbe, self } from '../context.ts';

let folder: string;
let server: Server;
let running: Running;
let behave: (socket: Socket, message: Message) => void;
const sockets = new Set<Socket>();

const hello = (socket: Socket) => socket.write(frame(5, 0, 0, helloBody([5])));
/** A rule of OpenFlow 1.4 that drops. */
function rule(priority: number): Buffer {
  const bytes = Buffer.alloc(56);
  bytes.writeUInt16BE(56, 0);
  bytes.writeUInt16BE(priority, 12);
  bytes.writeUInt16BE(1, 48);
  bytes.writeUInt16BE(4, 50);
  return bytes;
}

function part(xid: number, type: number, body: Buffer, hasMore = false): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(hasMore ? 1 : 0, 2);
  return frame(5, 19, xid, Buffer.concat([head, body]));
}

/** What a good switch with one rule says. */
function good(socket: Socket, { type, xid, body }: Message): void {
  if (type === 0) hello(socket);
  else if (type === 18) {
    const asked = body.readUInt16BE(0);
    socket.write(part(xid, asked, asked === 1 ? rule(9) : Buffer.alloc(0)));
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-openflow-'));
  behave = good;
  server = createServer((socket) => {
    const frames = new Frames();
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      for (const message of frames.push(data)) behave(socket, message);
    });
  }).listen(join(folder, 'br0.mgmt'));
  await once(server, 'listening');
});
afterEach(async () => {
  await running?.stop();
  for (const socket of sockets) socket.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function run(options: Record<string, unknown> = {}): void {
  running = runProbe(openflow, { options: { refreshMs: 100, ...options }, time: Date.now });
  const metadata = { Type: 'ovsbridge', Name: 'br0', Ovs: { Database: `unix:${folder}/db.sock` } };
  running.graph.apply([{ kind: 'node', id: 'b', metadata }], { host: self.name, origin: 'agent.h', time: Date.now() });
}

const rules = () => [...running.graph.now().nodes()].filter(({ metadata }) => metadata.Type === 'ofrule');

test.each<[string, (socket: Socket, message: Message) => void]>([
  ['says nothing but garbage', (socket) => socket.write(Buffer.alloc(100_000, 0xa5))],
  ['says that a message has no bytes', (socket) => socket.write(Buffer.from([5, 0, 0, 0, 0, 0, 0, 0]))],
  ['says that a message has seven bytes', (socket) => socket.write(Buffer.from([5, 0, 0, 7, 0, 0, 0, 0]))],
  ['ends in the middle of a message', (socket) => socket.end(Buffer.from([5, 0, 0xff, 0xff, 0, 0, 0, 0]))],
  ['ends when it is asked', (socket, message) => (message.type === 0 ? hello(socket) : socket.end())],
  ['does not begin with a hello', (socket) => socket.write(part(1, 1, rule(1)))],
  [
    'answers with a rule that is cut off',
    (socket, message) =>
      message.type === 18 && message.body.readUInt16BE(0) === 1
        ? socket.write(part(message.xid, 1, rule(1).subarray(0, 40)))
        : good(socket, message),
  ],
  [
    'answers with a rule of another length than it says',
    (socket, message) =>
      message.type === 18 && message.body.readUInt16BE(0) === 1
        ? socket.write(part(message.xid, 1, Buffer.concat([Buffer.from([0xff, 0xff]), rule(1)])))
        : good(socket, message),
  ],
  [
    'answers with an answer that has no head',
    (socket, message) =>
      message.type === 0 ? hello(socket) : socket.write(frame(5, 19, message.xid, Buffer.alloc(2))),
  ],
  [
    'answers in another version',
    (socket, message) =>
      message.type === 0 ? hello(socket) : socket.write(frame(3, 19, message.xid, Buffer.alloc(8))),
  ],
])('a switch that %s is tried again', async (_, what) => {
  behave = what;
  run();
  await eventually(() => expect(running.counters.connectionsLost).toBeGreaterThan(0));
  expect(running.notices.at(-1)).toMatch(/^rules of bridges are not read: br0: /);
  behave = good;
  await eventually(() => expect(rules()).toHaveLength(1));
  await eventually(() => expect(running.notices.at(-1)).toBeUndefined());
});

test('answers that nobody asked for are counted and do no harm', async () => {
  behave = (socket, message) => {
    if (message.type === 18) for (let i = 0; i < 100; i++) socket.write(part(0x7000_0000 + i, 1, rule(i)));
    good(socket, message);
  };
  run();
  await eventually(() => expect(rules().map(({ metadata }) => metadata.Priority)).toEqual([9]));
  for (const socket of sockets) socket.destroy();
  await eventually(() => expect(running.counters.strays).toBeGreaterThanOrEqual(100));
});

test('echoes are answered, and who asks without listening is left', async () => {
  let answered = 0;
  behave = (socket, message) => {
    if (message.type === 3) answered++;
    if (message.type === 0) {
      hello(socket);
      socket.write(frame(5, 2, 77, Buffer.from('there?')));
    } else good(socket, message);
  };
  run();
  await eventually(() => expect(answered).toBeGreaterThan(0));
  const echo = frame(5, 2, 1, Buffer.alloc(60_000));
  behave = (socket) => {
    socket.pause();
    hello(socket);
    const flood = () => {
      while (!socket.destroyed && socket.write(echo));
    };
    socket.on('drain', flood);
    flood();
  };
  for (const socket of sockets) socket.destroy();
  await eventually(() => expect(running.notices.at(-1)).toMatch(/does not take our answers/), 10_000);
}, 20_000);

test('a switch that stalls is left after a while', async () => {
  behave = (socket, message) => {
    if (message.type === 0) hello(socket);
  };
  const ofSwitch = await Switch.open({
    ...{ address: { kind: 'unix', path: join(folder, 'br0.mgmt') }, versions: [5], keys: {}, silenceMs: 100 },
    ...{ signal: AbortSignal.timeout(10_000), rulesChanged: () => undefined, groupsChanged: () => undefined },
  });
  await expect(ofSwitch.rules(() => undefined)).rejects.toThrow('the switch does not answer');
});

test('no more rules are shown than there is room for, and it is said', async () => {
  behave = (socket, message) => {
    if (message.type === 18 && message.body.readUInt16BE(0) === 1)
      for (let i = 0; i < 20; i++) socket.write(part(message.xid, 1, rule(i), i < 19));
    else good(socket, message);
  };
  run({ rulesMax: 5 });
  await eventually(() => expect(running.counters.leftOut).toBeGreaterThanOrEqual(15));
  expect(rules()).toHaveLength(5);
  await eventually(() => expect(running.notices.at(-1)).toMatch(/15 of its rules are too many to be shown/));
});

test('a switch of OpenFlow 1.0 that has no extensions is read all the same', async () => {
  const first = Buffer.alloc(96);
  first.writeUInt16BE(96, 0);
  first.writeUInt32BE(0x003f_fffe, 4);
  first.writeUInt16BE(7, 8);
  first.writeUInt16BE(11, 52);
  // One action: output to port 2.
  first.writeUInt16BE(8, 90);
  first.writeUInt16BE(2, 92);
  behave = (socket, { type, xid, body }) => {
    if (type === 0) socket.write(frame(1, 0, 0, Buffer.alloc(0)));
    if (type !== 16) return;
    const asked = body.readUInt16BE(0);
    const head = Buffer.from([asked >> 8, asked & 0xff, 0, 0]);
    // OFPET_BAD_REQUEST, OFPBRC_BAD_VENDOR (OpenFlow 1.0 §5.4.4).
    if (asked === 0xffff) socket.write(frame(1, 1, xid, Buffer.from([0, 1, 0, 3])));
    else socket.write(frame(1, 17, xid, asked === 1 ? Buffer.concat([head, first]) : head));
  };
  run();
  await eventually(() => expect(rules()).toHaveLength(1));
  expect(rules()[0]?.metadata).toMatchObject({ Priority: 11, Match: 'in_port=7', ActionsText: 'output:2' });
  expect(running.counters.withoutMonitor).toBe(1);
});
