/** Which PCI device is a virtual function of which: sysfs tells, the same in every namespace. */
import { readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface VirtualFunction {
  /** PCI address of the device that it is a part of. */
  readonly of: string;
  /** Which part. */
  readonly id: number;
}

const PCI = '/sys/bus/pci/devices';
const PCI_ADDRESS = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

/** Undefined where the device is none. */
export function virtualFunction(busInfo: string, devices: string = PCI): VirtualFunction | undefined {
  if (!PCI_ADDRESS.test(busInfo)) return undefined;
  try {
    const of = basename(readlinkSync(join(devices, busInfo, 'physfn')));
    const links = readdirSync(join(devices, of)).filter((name) => name.startsWith('virtfn'));
    const link = links.find((name) => basename(readlinkSync(join(devices, of, name))) === busInfo);
    return link === undefined ? undefined : { of, id: Number(link.slice('virtfn'.length)) };
  } catch {
    return undefined;
  }
}
