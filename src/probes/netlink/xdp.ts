/** IFLA_XDP: the XDP programs on a link (linux/if_link.h). */
import * as z from 'zod';
import type { Metadata } from '../../graph/element.ts';
import { field } from '../../model/vocabulary.ts';
import type { Attributes } from '../../native/attributes.ts';

export const xdpFields = {
  XDP: field(
    z.strictObject({
      Mode: z.string(),
      ID: z.int().optional(),
      DrvID: z.int().optional(),
      SkbID: z.int().optional(),
      HwID: z.int().optional(),
    }),
    { doc: 'XDP program on the interface, by BPF program id.', example: { Mode: 'skb', ID: 71 } },
  ),
};

/** Undefined where none is attached. */
export function xdp(data: Attributes): Metadata | undefined {
  let mode: string | undefined;
  const ids: Record<string, number> = {};
  while (data.next()) {
    if (data.type === 2) mode = MODES[data.u8()];
    const name = IDS.get(data.type);
    if (name && data.u32() !== 0) ids[name] = data.u32();
  }
  return mode === undefined ? undefined : { Mode: mode, ...ids };
}

/** XDP_ATTACHED_NONE is no mode. */
const MODES = [undefined, 'drv', 'skb', 'hw', 'multi'];
const IDS = new Map([
  [4, 'ID'],
  [5, 'DrvID'],
  [6, 'SkbID'],
  [7, 'HwID'],
]);
