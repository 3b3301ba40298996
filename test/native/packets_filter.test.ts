/** Filters in pcap syntax; libpcap itself decides what they mean. */
import { openPacketDoor } from '../../src/native/index.ts';
import { udpFrame, udpPacket } from '../capture/files.ts';

const door = openPacketDoor();
const ETHERNET = 1;
const RAW = 101;

function refusal(text: string, linkType = ETHERNET): { code?: string; message: string; position?: number } {
  try {
    door.compileFilter(text, linkType, 256);
  } catch (error) {
    return error as { code?: string; message: string; position?: number };
  }
  return { message: 'nothing was refused' };
}

test.each<[string, boolean]>([
  ['', true],
  ['udp', true],
  ['udp dst port 53', true],
  ['src host 10.0.0.1 and udp[8] = 1', true],
  ['tcp', false],
  ['udp src port 53', false],
  ['greater 100', false],
])('a filter "%s" lets a DNS packet pass: %p', (text, passes) => {
  const frame = udpFrame();
  expect(door.matchFilter(door.compileFilter(text, ETHERNET, 256), frame, frame.length)).toBe(passes);
  const ip = udpPacket();
  expect(door.matchFilter(door.compileFilter(text, RAW, 256), ip, ip.length)).toBe(passes);
});

test('a packet that is too short for a filter does not pass', () => {
  const program = door.compileFilter('udp dst port 53', ETHERNET, 256);
  for (const size of [0, 1, 13, 14, 30])
    expect(door.matchFilter(program, udpFrame().subarray(0, size), 60)).toBe(false);
});

test.each<[string, number | undefined, string]>([
  ['tcp prot 80', 4, 'syntax error'],
  ['tcp port 80 or udp prot 53 and icmp', 19, 'syntax error'],
  ['tcp and', 7, 'syntax error'],
  ['(tcp', 4, 'syntax error'],
  ['tcp)', 3, 'syntax error'],
  ['tcp $', 4, 'syntax error'],
  ['foo', 0, 'syntax error'],
  ['ip[0:3] = 5', 6, 'data size must be 1, 2, or 4'],
  ['host 10.0.0.1 and vlan 9999', 23, 'VLAN tag 9999 greater than maximum 4095'],
  ['udp port nosuch', 9, "unknown port 'nosuch'"],
  ['len > 99999999999', 6, 'number 99999999999 overflows 32 bits'],
  ['tcp and udp', undefined, 'expression rejects all packets'],
])('of the filter "%s" it is said what is wrong, and where', (text, position, reason) => {
  const refused = refusal(text);
  expect({ code: refused.code, position: refused.position }).toEqual({ code: 'EINVAL', position });
  expect(refused.message).toMatch(`filter "${text}": `);
  expect(refused.message).toContain(reason);
});

test('a filter has to make sense for its link type', () => {
  expect(refusal('ether host 02:00:00:00:00:01')).toEqual({ message: 'nothing was refused' });
  expect(refusal('ether host 02:00:00:00:00:01', RAW).message).toContain('ethernet');
});

test('a filter that is too long is refused before it keeps anyone', () => {
  expect(refusal(`tcp${' or tcp'.repeat(20_000)}`).message).toContain('is longer than 65536 bytes');
});

test('what is no program is refused', () => {
  const packet = udpFrame();
  expect(() => door.matchFilter(new Uint8Array(7), packet, 60)).toThrow('8 bytes an instruction');
  expect(() => door.matchFilter(new Uint8Array(8), packet, 60)).toThrow('no BPF program');
  expect(() => door.matchFilter(new Uint8Array(0), packet, 60)).toThrow('no BPF program');
  // ja -1: it would never end.
  expect(() => door.matchFilter(Uint8Array.of(5, 0, 0, 0, 255, 255, 255, 255), packet, 60)).toThrow('no BPF program');
});
