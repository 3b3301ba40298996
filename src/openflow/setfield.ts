/** A value that an action gives to a field: `set_field:02:00:00:00:00:01->eth_src`. */
import { rawHex, whole } from './bytes.ts';
import { filterOf, readOxm } from './oxm.ts';
import { action, type Said } from './said.ts';
import { maskedText, valueText } from './values.ts';

/** `at`: where its field begins. */
export function setField(bytes: Buffer, at: number): Said | undefined {
  const oxm = readOxm(bytes, at);
  if (!oxm) return undefined;
  const { field, header, value, mask } = oxm;
  const unmasked = field?.kind === 'dscp' ? String(whole(value)) : valueText(field, value);
  const text = mask ? maskedText(field, value, mask) : unmasked;
  const name = field?.name ?? `oxm_${rawHex(header)}`;
  return action('set_field', `set_field:${text}->${name}`, { Field: filterOf(oxm) });
}
