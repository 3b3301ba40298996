/** Databases that are none, over real sockets: each is left, tried again, and disturbs no other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAddress } from '../../src/ovsdb/address.ts';
import { Database } from '../../src/ovsdb/database.ts';
import { Rpc } from '../../src/ovsdb/rpc.ts';
import { Tables } from '../../src/ovsdb/tables.ts';
import { transact } from '../../src/ovsdb/transact.ts';
import { ovs } from '../../src/probes/ovs/index.ts';
import { eventually } from '../eventually.ts';
import { runProbe } from '../probes/context.ts';
import { ScriptedDatabase } from './scripted.ts';

let folder: string;
let server: Server;
let act: (socket: Socket) => void;
const sockets = new Set<Socket>();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-hostile-'));
  act = () => undefined;
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    act(socket);
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 'db.sock'), resolve));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const address = () => ({ path: join(folder, 'db.sock') });
const signal = () => AbortSignal.timeout(110_000);
const watch = () =>
  new Database('Open_vSwitch', new Tables(), { Bridge: ['name'] }).watch(address(), () => undefined, signal());

/** Answers each question of the client's with this, by its number. */
const answering = (...answers: readonly ((id: number) => string | Buffer)[]) => {
  act = (socket) => {
    let asked = 0;
    socket.on('data', () => {
      const answer = answers[asked++];
      if (answer) socket.write(answer(asked));
    });
  };
};

const schema = '{"tables":{"Bridge":{"columns":{"name":{"type":"string"}}}}}';
const result = (id: number, value: string) => `{"id":${id},"result":${value},"error":null}`;
const filled = (id: number) => result(id, '[false,"00000000-0000-0000-0000-000000000001",{}]');

test.each<[string, string | Buffer, string]>([
  ['words', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'something that is no message'],
  ['noise', Buffer.from([0, 255, 254, 7, 3]), 'something that is no message'],
  ['a list', '[1,2]', 'something that is no message'],
  ['brackets without an end', '{'.repeat(100), 'deeper than 64'],
  ['what looks like a message', '{"id":1,,}', 'cannot be read'],
  ['a message of another kind', '{"method":7}', 'cannot be read'],
])('%s end the connection, which is told', async (_, bytes, why) => {
  act = (socket) => void socket.write(bytes);
  await expect(watch()).rejects.toThrow(why);
});

test('a text without an end is kept up to its bound', async () => {
  const piece = Buffer.alloc(1 << 20, 'x');
  act = (socket) => {
    socket.write('{"result":"');
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', more);
    more();
  };
  await expect(watch()).rejects.toThrow('more than 67108864 bytes');
}, 30_000);

test.each<[string, string]>([
  ['no schema', '{"a":1}'],
  ['a schema of texts', '"tables"'],
  ['nothing', 'null'],
])('%s instead of a schema ends the connection', async (_, value) => {
  answering((id) => result(id, value));
  await expect(watch()).rejects.toThrow();
});

test.each<[string, string]>([
  ['a text', '"rows"'],
  ['rows of another kind', '[true,"t",{"Bridge":{"b":7}}]'],
  ['a transaction that is none', '[false,5,{}]'],
])('%s instead of rows ends the connection', async (_, value) => {
  answering(
    (id) => result(id, schema),
    (id) => result(id, value),
  );
  await expect(watch()).rejects.toThrow('cannot be read');
});

test('answers that nobody asked for, and news before the first answer, are left alone', async () => {
  const tables = new Tables();
  const noise = `${result(99, '7')}{"id":"x","result":1,"error":null}{"method":"update3","params":["skein","t",{"Bridge":{"b":{"insert":{"name":"no"}}}}],"id":null}`;
  answering(
    (id) => `${noise}${result(id, schema)}`,
    (id) => `${noise}${filled(id)}`,
  );
  let names: unknown;
  const stop = new AbortController();
  const watching = new Database('Open_vSwitch', tables, { Bridge: ['name'] }).watch(
    address(),
    () => {
      names = [...tables.all('Bridge')].map((row) => row.text('name'));
    },
    stop.signal,
  );
  await eventually(() => expect(names).toEqual([]));
  stop.abort();
  await expect(watching).rejects.toThrow('not wanted any more');
});

async function byteByByte(socket: Socket, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    await new Promise((resolve) => socket.write(Buffer.from([byte]), resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a name that is cut in the middle of a character comes whole', async () => {
  const tables = new Tables();
  const rows = Buffer.from(result(2, '[false,"t",{"Bridge":{"b":{"initial":{"name":"brücke-橋"}}}}]'));
  act = (socket) => {
    let asked = 0;
    socket.on('data', () => {
      asked++;
      if (asked === 1) socket.write(result(1, schema));
      // Whatever it asks after that: these bytes come in their order, once.
      if (asked === 2) void byteByByte(socket, rows);
    });
  };
  const stop = new AbortController();
  let name: unknown;
  const watching = new Database('Open_vSwitch', tables, { Bridge: ['name'] }).watch(
    address(),
    () => {
      name = tables.row('Bridge', 'b')?.text('name');
    },
    stop.signal,
  );
  await eventually(() => expect(name).toBe('brücke-橋'));
  stop.abort();
  await expect(watching).rejects.toThrow();
});

test('rows without number are taken up to their bound', async () => {
  const text = 'x'.repeat(4 << 20);
  let row = 0;
  act = (socket) => {
    const more = () => {
      const told = `{"method":"update3","params":["skein","t",{"Bridge":{"b${row++}":{"insert":{"name":"${text}"}}}}],"id":null}`;
      if (!socket.destroyed) socket.write(told, () => setImmediate(more));
    };
    let asked = 0;
    socket.on('data', () => {
      asked++;
      if (asked === 1) socket.write(result(1, schema));
      else if (asked === 2) socket.write(filled(2), more);
    });
  };
  await expect(watch()).rejects.toThrow('more than 256 MiB');
}, 120_000);

test('a peer that asks without end and does not listen is left', async () => {
  const question = `{"method":"echo","params":["${'x'.repeat(60_000)}"],"id":1}`;
  act = (socket) => {
    socket.pause();
    const more = () => {
      if (!socket.destroyed) socket.write(question, () => setImmediate(more));
    };
    more();
  };
  const rpc = await Rpc.open(address(), () => undefined, signal());
  expect((await rpc.ended).message).toBe('the database asks and does not listen');
}, 30_000);

test('whoever goes while questions wait fails each of them, and later ones at once', async () => {
  const rpc = await Rpc.open(address(), () => undefined, signal());
  const asked = [rpc.ask('one', []), rpc.ask('two', [])];
  await eventually(() => expect(sockets.size).toBe(1));
  for (const socket of sockets) socket.destroy();
  const outcomes = await Promise.allSettled(asked);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(rpc.ask('three', [])).rejects.toThrow(await rpc.ended);
});

test('one that accepts and says nothing is given up when nobody wants it any more', async () => {
  const stop = new AbortController();
  const watching = new Database('Open_vSwitch', new Tables(), {}).watch(address(), () => undefined, stop.signal);
  const failed = expect(watching).rejects.toThrow('not wanted any more');
  await eventually(() => expect(sockets.size).toBe(1));
  stop.abort();
  await failed;
  await expect(transact(address(), 'Open_vSwitch', [], stop.signal)).rejects.toThrow('not wanted any more');
});

test('a peer that does not speak TLS where it should is told', async () => {
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write('hello, this is no handshake', () => socket.destroy());
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as { port: number };
  const far = readAddress(`ssl:127.0.0.1:${port}`);
  await expect(Rpc.open(far, () => undefined, signal())).rejects.toThrow();
  await new Promise((resolve) => listener.close(resolve));
});

test('one database of several that stalls, or talks nonsense, keeps nothing from the others', async () => {
  await using good = new ScriptedDatabase();
  const columns = { name: { type: 'string' } };
  good.answers = {
    get_schema: () => ({ tables: { Bridge: { columns } } }),
    monitor_cond_since: () => [false, 't', { Bridge: { b1: { initial: { name: 'br0' } } } }],
  };
  await good.listen();
  const bad = join(folder, 'db.sock');
  const options = { databases: [`unix:${bad}`, `unix:${good.path}`, 'nonsense', 'unix:/nowhere/at/all'] };
  const running = runProbe(ovs, { options, time: Date.now });
  const bridges = () =>
    [...running.graph.now().nodes()]
      .filter(({ metadata }) => metadata.Type === 'ovsbridge')
      .map(({ metadata }) => metadata);
  await eventually(() => expect(bridges()).toMatchObject([{ Name: 'br0', Ovs: { Database: `unix:${good.path}` } }]));
  act = (socket) => void socket.end('garbage');
  for (const socket of sockets) socket.destroy();
  await eventually(() => expect(running.counters.connectionsLost).toBeGreaterThan(1), 10_000);
  expect(bridges()).toHaveLength(1);
  expect(running.notices.at(-1)).toContain(`Open vSwitch at unix:${bad} does not answer`);
  expect(running.notices.at(-1)).toContain('database nonsense: needs an address');
  good.tell('update3', ['skein', 't2', { Bridge: { b2: { insert: { name: 'br1' } } } }]);
  await eventually(() => expect(bridges()).toHaveLength(2));
  await running.stop();
}, 30_000);
