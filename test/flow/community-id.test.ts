import { communityId, icmpPorts } from '../../src/flow/community-id.ts';

const bytes = (text: string) => new Uint8Array(text.split('.').map(Number));
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

// Published with the specification and used by its implementations.
test.each([
  ['128.232.110.120', 34855, '66.35.250.204', 80, 6, '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  ['192.168.1.52', 54585, '8.8.8.8', 53, 17, '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
  ['192.168.170.8', 7, '192.168.170.56', 7, 132, '1:MP2EtRCAUIZvTw6MxJHLV7N7JDs='],
  ['1.2.3.4', 1122, '5.6.7.8', 3344, 6, '1:wCb3OG7yAFWelaUydu0D+125CLM='],
  ['1.2.3.4', 1122, '5.6.7.8', 3344, 17, '1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg='],
])('%s:%d ↔ %s:%d by protocol %d is %s, from either end', (from, fromPort, to, toPort, protocol, expected) => {
  const tuple = { family: 4, protocol, from: bytes(from), to: bytes(to), fromPort, toPort } as const;
  expect(communityId(tuple)).toBe(expected);
  const reverse = {
    family: 4,
    protocol,
    from: bytes(to),
    to: bytes(from),
    fromPort: toPort,
    toPort: fromPort,
  } as const;
  expect(communityId(reverse)).toBe(expected);
});

test('an echo over IPv4 has its types as ports', () => {
  const ports = icmpPorts(4, 2, 0);
  expect(ports).toEqual({ from: 8, to: 0, isOneWay: false });
  const [from, to] = [bytes('192.168.0.89'), bytes('192.168.0.1')];
  expect(communityId({ family: 4, protocol: 1, from, to, fromPort: 8, toPort: 0 })).toBe(
    '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=',
  );
});

test('a router that advertises itself is what would have been asked', () => {
  const router = hex('fe8000000000000002609 7fffe0769ea'.replace(' ', ''));
  const all = hex('ff020000000000000000000000000001');
  const ports = icmpPorts(6, 8, 0);
  expect(ports).toEqual({ from: 133, to: 134, isOneWay: false });
  const id = communityId({ family: 6, protocol: 58, from: all, to: router, fromPort: 133, toPort: 134 });
  expect(id).toBe('1:pkvHqCL88/tg1k4cPigmZXUtL00=');
});
