/** Bytes of the kernel, and bytes that are none of its. */
import fc from 'fast-check';
import { AddressTexts } from '../../../src/probes/sockets/address.ts';
import { DiagSights, diagRequest, TABLES } from '../../../src/probes/sockets/diag.ts';
import { lowestHolders } from '../../../src/probes/sockets/look.ts';
import { RECORD_BYTES, Records } from '../../../src/probes/sockets/record.ts';
import { type Sight, TCP, UDP } from '../../../src/probes/sockets/sight.ts';

const texts = new AddressTexts();

function all(bytes: Uint8Array) {
  const records = new Records(bytes, texts);
  const found = [];
  while (records.next()) {
    const { cookie, netns, protocol, state, localAddress, remoteAddress, traffic, holder } = records;
    found.push({ cookie, netns, protocol, state, localAddress, remoteAddress, traffic, holder });
    if (holder) expect(records.isHeldBy(holder)).toBe(true);
  }
  return found;
}

test('whatever a record holds, it is read to its end and not beyond', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 * RECORD_BYTES + 7 }), (bytes) => {
      expect(all(bytes)).toHaveLength(Math.floor(bytes.length / RECORD_BYTES));
    }),
  );
});

/** A record of a socket of IPv6 in which an IPv4 address is. */
function mapped(): Uint8Array {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.writeBigUInt64LE(77n, 0);
  bytes.writeBigUInt64LE(3n, 8);
  bytes.writeBigUInt64LE(123_456_789_012n, 24);
  bytes.writeUInt32LE(42, 56);
  bytes.writeUInt8(10, 64);
  bytes.writeUInt8(TCP, 65);
  bytes.writeUInt8(1, 67);
  bytes.writeUInt16LE(80, 68);
  bytes.writeUInt16LE(4000, 70);
  bytes.set([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1], 72);
  bytes.set([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9], 88);
  bytes.write('nginx', 104);
  return bytes;
}

test('an IPv4 address inside of IPv6 is told as IPv4', () => {
  const [record] = all(mapped());
  expect(record).toMatchObject({
    cookie: 77,
    netns: 3,
    localAddress: '10.0.0.1',
    remoteAddress: '2001:db8::9',
    holder: { pid: 42, started: 12_345, name: 'nginx', uid: 0 },
  });
});

test('who holds it is compared by pid, start and whole name', () => {
  const records = new Records(mapped(), texts);
  records.next();
  const holder = { pid: 42, started: 12_345, name: 'nginx', uid: 0 };
  expect(records.isHeldBy(holder)).toBe(true);
  for (const other of [{ pid: 43 }, { started: 1 }, { name: 'ngin' }, { name: 'nginx2' }, { name: '' }])
    expect(records.isHeldBy({ ...holder, ...other })).toBe(false);
});

/** A message of sock_diag that says 127.0.0.1:22 listens, of uid 0 with inode 4711; its header is ours. */
function message({ family = 2, timer = 0, state = 10 } = {}): Buffer {
  const bytes = Buffer.alloc(16 + 72);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt16LE(20, 4);
  bytes.set([family, state, timer], 16);
  bytes.writeUInt16BE(22, 20);
  bytes.set([127, 0, 0, 1], 24);
  bytes.writeUInt32LE(9, 16 + 44);
  bytes.writeUInt32LE(1, 16 + 48);
  bytes.writeUInt32LE(4711, 16 + 68);
  return bytes;
}

function* sights(batch: Uint8Array, protocol: typeof TCP | typeof UDP): Generator<Sight> {
  const cursor = new DiagSights(batch, protocol, texts);
  while (cursor.next()) {
    const { cookie, state, localAddress, localPort, remoteAddress, remotePort, inode, traffic } = cursor;
    yield { cookie, protocol, state, localAddress, localPort, remoteAddress, remotePort, inode, traffic };
  }
}

test('a socket is read from a dump', () => {
  expect([...sights(message(), TCP)]).toEqual([
    {
      ...{ cookie: 2 ** 32 + 9, protocol: TCP, state: 10, localAddress: '127.0.0.1', localPort: 22 },
      ...{ remoteAddress: '', remotePort: 0, inode: 4711, traffic: undefined },
    },
  ]);
});

test('what is left of a connection, and what is of no family we know, is not a socket', () => {
  expect([...sights(message({ timer: 3, state: 5 }), TCP)]).toEqual([]);
  expect([...sights(message({ family: 1 }), TCP)]).toEqual([]);
});

test('a dump may be cut off or spoilt anywhere', () => {
  const whole = Buffer.concat([message(), message({ family: 10 })]);
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (length, at, byte) => {
      const spoilt = Buffer.from(whole.subarray(0, length));
      if (at < length) spoilt[at] = byte;
      expect([...sights(spoilt, UDP)].length).toBeLessThanOrEqual(2);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void [...sights(bytes, TCP)]));
});

test('each table is asked for without what is nobody’s', () => {
  const states = TABLES.map((table) =>
    new DataView(diagRequest(table, { withTraffic: true }).buffer).getUint32(20, true),
  );
  const [timeWait, synRecv, close, newSynRecv] = [1 << 6, 1 << 3, 1 << 7, 1 << 12];
  for (const mask of states) expect(mask & (timeWait | synRecv | newSynRecv)).toBe(0);
  expect(states.map((mask) => (mask & close) !== 0)).toEqual([false, false, true, true]);
});

test('of several that hold an inode it is the lowest pid that is there', () => {
  const pairs = Uint32Array.from([7, 30, 7, 20, 7, 10, 8, 10, 9, 40, 7]);
  const holders = lowestHolders(new Uint8Array(pairs.buffer), (pid) =>
    pid === 10 ? undefined : { pid, started: 1, name: 'x', uid: undefined },
  );
  expect([...holders].map(([inode, { pid }]) => [inode, pid])).toEqual([
    [7, 20],
    [9, 40],
  ]);
});
