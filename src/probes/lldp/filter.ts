/** What a socket that gets all frames of an interface lets through: those of neighbours. */
import { CDP_ADDRESS, LLDP } from './frames.ts';

/** Code, jumps if true and if false (how many instructions are passed over), a number (linux/filter.h). */
type Instruction = readonly [number, number, number, number];

const [LOAD_WORD, LOAD_HALF, JUMP_EQUAL, RETURN] = [0x20, 0x28, 0x15, 0x06];
/** SKF_AD_OFF + SKF_AD_PKTTYPE: how the frame came; PACKET_OUTGOING (linux/if_packet.h): this machine sends it. */
const HOW = 0xfffff004;
const OUTGOING = 4;
const [PASS, DROP]: Instruction[] = [
  [RETURN, 0, 0, 0xffff],
  [RETURN, 0, 0, 0],
];

export interface Passing {
  /** What arrives at the interface. */
  readonly arriving: boolean;
  /** What is sent through it under other addresses than these (6 bytes each); undefined: nothing that is sent. */
  readonly sentBesides?: readonly Uint8Array[] | undefined;
}

/** Passes frames of type 0x88cc and to 01:00:0c:cc:cc:cc. */
export function neighboursAlone({ arriving, sentBesides }: Passing): Uint8Array {
  const toCdp = isAddress(0, CDP_ADDRESS);
  return program([
    [LOAD_WORD, 0, 0, HOW],
    ...(arriving ? [] : drop([JUMP_EQUAL, 1, 0, OUTGOING])),
    ...(sentBesides ? [] : drop([JUMP_EQUAL, 0, 1, OUTGOING])),
    ...(sentBesides ?? []).flatMap((address) => [...isAddress(6, address), DROP as Instruction]),
    [LOAD_HALF, 0, 0, 12],
    [JUMP_EQUAL, toCdp.length, 0, LLDP],
    ...toCdp,
    PASS as Instruction,
    DROP as Instruction,
  ]);
}

function drop(condition: Instruction): Instruction[] {
  return [condition, DROP as Instruction];
}

/** Goes on with the next instruction when the address is there, else passes over it. */
function isAddress(at: number, address: Uint8Array): Instruction[] {
  const bytes = new DataView(address.buffer, address.byteOffset, address.length);
  return [
    [LOAD_WORD, 0, 0, at],
    [JUMP_EQUAL, 0, 3, bytes.getUint32(0)],
    [LOAD_HALF, 0, 0, at + 4],
    [JUMP_EQUAL, 0, 1, bytes.getUint16(4)],
  ];
}

function program(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [at, [code, ifTrue, ifFalse, number]] of instructions.entries()) {
    view.setUint16(at * 8, code, true);
    view.setUint8(at * 8 + 2, ifTrue);
    view.setUint8(at * 8 + 3, ifFalse);
    view.setUint32(at * 8 + 4, number, true);
  }
  return bytes;
}
