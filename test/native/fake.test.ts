import { fakeDoor } from '../../src/native/fake.ts';

const identity = { cookie: 7n, inode: 4_026_532_000, device: 4 };

test('only paths that the script names can be entered', async () => {
  const door = fakeDoor({ identities: { '/run/netns/a': identity } });
  expect(door.netnsIdentity('/run/netns/a')).toEqual(identity);
  await door.openNetlink({ protocol: 0, netns: '/run/netns/a' });
  await expect(door.openNetlink({ protocol: 0, netns: '/run/netns/b' })).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(door.openDevices({ netns: '/run/netns/b' })).rejects.toMatchObject({ code: 'ENOENT' });
  expect(() => door.netnsIdentity('/run/netns/b')).toThrow('ENOENT');
});

test('what was pushed before anyone listens is delivered then, later and in order', async () => {
  const door = fakeDoor();
  const socket = await door.openNetlink({ protocol: 0 });
  const heard: unknown[] = [];
  door.sockets[0]?.push(Uint8Array.of(1));
  door.sockets[0]?.push(Uint8Array.of(2), true, 5);
  socket.onBatch((batch, overrun, nsid) => heard.push([batch[0], overrun, nsid]));
  expect(heard).toEqual([]);
  await Promise.resolve();
  expect(heard).toEqual([
    [1, false, -1],
    [2, true, 5],
  ]);
});

test('a closed socket delivers nothing and sends nothing', async () => {
  const door = fakeDoor();
  const socket = await door.openNetlink({ protocol: 0 });
  const heard: unknown[] = [];
  socket.onBatch((batch) => heard.push(batch));
  door.sockets[0]?.push(Uint8Array.of(1));
  socket.close();
  socket.close();
  await Promise.resolve();
  expect(heard).toEqual([]);
  await expect(socket.send(new Uint8Array(16))).rejects.toThrow('EBADF');
  expect(() => socket.onBatch(() => {})).toThrow('EBADF');
});

test('ethtool answers as scripted', async () => {
  const door = fakeDoor({
    ethtool: (name, command) => (name === 'eth0' ? command.fill(9) : name === 'gone' ? 'ENODEV' : undefined),
  });
  const devices = await door.openDevices({});
  expect([...(await devices.ethtool('eth0', new Uint8Array(2)))]).toEqual([9, 9]);
  await expect(devices.ethtool('gone', new Uint8Array(2))).rejects.toThrow('ENODEV');
  await expect(devices.ethtool('lo', new Uint8Array(2))).rejects.toThrow('ENOTSUP');
  devices.close();
  await expect(devices.ethtool('eth0', new Uint8Array(2))).rejects.toThrow('EBADF');
});

test('a change of namespaces is told to those who still watch', () => {
  const door = fakeDoor();
  let told = 0;
  const watch = door.watchNamespaces(() => told++);
  door.changeNamespaces();
  watch.close();
  door.changeNamespaces();
  expect(told).toBe(1);
  expect(door.watchers).toBe(0);
});

test('a refusal to watch has its code', () => {
  expect(() => fakeDoor({ watch: 'EPERM' }).watchNamespaces(() => {})).toThrow('EPERM');
});
