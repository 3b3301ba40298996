/** Ports that are none (OpenFlow 1.5 §7.2.1.2). In OpenFlow 1.0 and NXM they have 16 bits, later 32. */
const reserved: Readonly<Record<number, string>> = {
  65527: 'UNSET',
  65528: 'IN_PORT',
  65529: 'TABLE',
  65530: 'NORMAL',
  65531: 'FLOOD',
  65532: 'ALL',
  65533: 'CONTROLLER',
  65534: 'LOCAL',
  65535: 'ANY',
};

export function portText(port: number, bits: 16 | 32): string {
  const low = bits === 32 && port >= 0xffff_ff00 ? port & 0xffff : port;
  const isReserved = bits === 16 || port >= 0xffff_ff00;
  return (isReserved ? reserved[low] : undefined) ?? String(port);
}
