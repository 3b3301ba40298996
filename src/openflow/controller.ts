/** Packets that are sent to the controller (ovs-actions(7), "controller"). */
import { rawHex } from './bytes.ts';
import { action, type Json, type Said } from './said.ts';

const reasons = ['no_match', 'action', 'invalid_ttl', 'action_set', 'group', 'packet_out'];

export function readController(bytes: Buffer): Said {
  const [MaxLen, ControllerId, Reason] = [bytes.readUInt16BE(10), bytes.readUInt16BE(12), bytes.readUInt8(14)];
  const text = controllerText(MaxLen, ControllerId, reasonText(Reason), []);
  return action('nx_controller', text, { MaxLen, ControllerId, Reason });
}

/** Properties of two bytes type, two bytes length (with these), padded to eight. Undefined when one cannot be read. */
export function readController2(bytes: Buffer): Said | undefined {
  let [maxLen, id, reason, at] = [0xffff, 0, 'action', 16];
  const more: string[] = [];
  const Properties: Json[] = [];
  while (at + 4 <= bytes.length) {
    const [Type, Length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    if (Length < 4 || at + Length > bytes.length) return undefined;
    const body = bytes.subarray(at + 4, at + Length);
    const said = (given: { readonly [key: string]: Json }) => Properties.push({ Type, Length, ...given });
    if (Type === 0 && body.length >= 2) {
      maxLen = body.readUInt16BE(0);
      said({ MaxLen: maxLen });
    } else if (Type === 1 && body.length >= 2) {
      id = body.readUInt16BE(0);
      said({ ControllerId: id });
    } else if (Type === 2 && body.length >= 1) {
      reason = reasonText(body.readUInt8(0));
      said({ Reason: body.readUInt8(0) });
    } else if (Type === 3) {
      more.push(`userdata=${rawHex(body).replace(/(..)(?=.)/g, '$1.')}`);
      said({ Userdata: body.toString('base64') });
    } else if (Type === 4) {
      more.push('pause');
      said({});
    } else if (Type === 5 && body.length >= 4) {
      const MeterId = body.readUInt32BE(body.length - 4);
      more.push(`meter_id=${MeterId}`);
      said({ MeterId });
    } else return undefined;
    at += (Length + 7) & ~7;
  }
  return action('nx_controller2', controllerText(maxLen, id, reason, more), { Properties });
}

function reasonText(reason: number): string {
  return reasons[reason] ?? String(reason);
}

function controllerText(maxLen: number, id: number, reason: string, more: readonly string[]): string {
  if (reason === 'action' && id === 0 && more.length === 0) return `CONTROLLER:${maxLen}`;
  const words = [
    ...(reason === 'action' ? [] : [`reason=${reason}`]),
    ...(maxLen === 0xffff ? [] : [`max_len=${maxLen}`]),
    ...(id === 0 ? [] : [`id=${id}`]),
    ...more,
  ];
  return `controller(${words.join(',')})`;
}
