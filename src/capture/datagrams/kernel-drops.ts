/** Datagrams that the kernel dropped before we read them: the last column of /proc/net/udp (net/ipv4/udp.c, udp4_format_sock). */
import { readFile } from 'node:fs/promises';
import { parseAddress } from '../../std/address.ts';

/** Of the socket bound there, since it was; undefined when it is not in the table. */
export async function kernelDrops(address: string, port: number): Promise<number | undefined> {
  const parsed = parseAddress(address);
  if (!parsed) return undefined;
  const { family, bytes } = parsed;
  const table = await readFile(family === 6 ? '/proc/net/udp6' : '/proc/net/udp', 'latin1').catch(() => '');
  return dropsIn(table, `${words(bytes)}:${port.toString(16).padStart(4, '0').toUpperCase()}`);
}

function dropsIn(table: string, local: string): number | undefined {
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1] === local) return Number(columns.at(-1));
  }
  return undefined;
}

/** The kernel prints each 32-bit word as the machine has it. */
function words(bytes: Uint8Array): string {
  let text = '';
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += 4)
    text += view.getUint32(at, isLittleEndian).toString(16).padStart(8, '0').toUpperCase();
  return text;
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
