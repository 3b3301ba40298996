import { holderIn, readFacts, readHolder } from '../../../src/probes/sockets/procfs.ts';
import { namesIn } from '../../../src/probes/sockets/users.ts';

/** /proc/PID/stat of Linux 6.18, its name changed. */
const stat = (name: string) => `4711 (${name}) S 1 4711 4711 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 9215 0 0`;

test('a name may hold spaces and parentheses', () => {
  expect(holderIn(stat('a) (b) 7'))).toEqual({ pid: 4711, started: 9215, name: 'a) (b) 7', uid: undefined });
});

test.each(['', '(', '4711', '4711 (x', 'x (y) z', ')('])('of “%s” there is no holder', (text) => {
  expect(holderIn(text)).toBeUndefined();
});

test('this process is found as it is', () => {
  expect(readHolder(process.pid)).toMatchObject({ pid: process.pid });
  expect(readFacts(process.pid, { commands: true })).toMatchObject({
    path: process.execPath,
    uid: process.geteuid?.(),
    command: expect.stringContaining('node'),
  });
  expect(readFacts(process.pid, { commands: false })).not.toHaveProperty('command');
});

test('of a process that is gone nothing is told', () => {
  expect(readHolder(2 ** 22 + 1)).toBeUndefined();
  expect(readFacts(2 ** 22 + 1, { commands: true })).toEqual({});
});

test('the first name of a number is its name, and lines that are none are passed over', () => {
  const names = namesIn('root:x:0:0::/root:/bin/sh\ntoor:x:0:0\n#\n:x:5\nann:x:1000:1000\nbad:x:one\n');
  expect([...names]).toEqual([
    [0, 'root'],
    [1000, 'ann'],
  ]);
});
