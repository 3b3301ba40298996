/** Kept packets and losses: records of relay.proto that are few. */
import type { Loss, LossStage } from '../../flow/loss.ts';
import type { Facts, Lost } from '../message.ts';
import { bytesOf, decodeAs, wire } from './generated.ts';

type Kept = Facts['rawPackets'][number];

export function encodePacket({ uuid, packet }: Kept): Uint8Array {
  return bytesOf(wire.RawPacket, { flow: uuid, ...packet });
}

export function decodePacket(bytes: Uint8Array, base: number): Kept {
  const { flow, timestampMs, index, data, length, linkType } = decodeAs(wire.RawPacket, bytes, base);
  // Bytes of its own: a view would keep the whole message.
  return { uuid: flow, packet: { timestampMs, index, data: new Uint8Array(data), length, linkType } };
}

export function encodeLoss(loss: Loss): Uint8Array {
  return bytesOf(wire.Loss, loss);
}

export function decodeLoss(read: Uint8Array, base: number): Loss {
  const { node, capture, host, stage, reason, packets, bytes, flows, from, to } = decodeAs(wire.Loss, read, base);
  // A stage that is named later is passed on as it is.
  return { node, capture, host, stage: stage as LossStage, reason, packets, bytes, flows, from, to };
}

export function encodeLost(lost: Lost): Uint8Array {
  return bytesOf(wire.Lost, lost);
}

export function decodeLost(bytes: Uint8Array, base: number): Lost {
  const { what, count, from, to } = decodeAs(wire.Lost, bytes, base);
  return { what: what as Lost['what'], count, from, to };
}
