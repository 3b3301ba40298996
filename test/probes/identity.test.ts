import { hostId, hostTid, interfaceId, netnsId, netnsTid, ownedTid } from '../../src/probes/identity.ts';

test('TIDs are those that Skydive 0.28 gave to the same things', () => {
  // From a recorded run: host skyb-host, namespace /var/run/netns/skyb-a in it, veth skyb-ea in that.
  const host = hostTid('skyb-host');
  const netns = netnsTid(host, '/var/run/netns/skyb-a');
  expect(host).toBe('78ce3a96-6e6a-5208-58cd-17c3bc216b64');
  expect(netns).toBe('581d229c-57b9-5556-6d1c-96fc04f73d72');
  expect(netnsTid(host, '/run/netns/skyb-a')).toBe(netns);
  expect(ownedTid(netns, 'skyb-ea', 'veth')).toBe('7adac6a4-10af-5ed6-46c3-eb0893931c98');
});

test('ids of different things differ, of the same thing do not', () => {
  const ids = [
    hostId('a'),
    hostId('b'),
    netnsId('a', 'boot1', 5n),
    netnsId('a', 'boot2', 5n),
    netnsId('a', 'boot1', 6n),
    netnsId('b', 'boot1', 5n),
    interfaceId(hostId('a'), 1),
    interfaceId(hostId('a'), 2),
    interfaceId(netnsId('a', 'boot1', 5n), 1),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(netnsId('a', 'boot1', 5n)).toBe(ids[2]);
});
