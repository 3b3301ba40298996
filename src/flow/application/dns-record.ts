/** Resource records: those that have keys of their own in a flow, and of all others what every record has. */
import type { Layer } from '../flow.ts';
import type { ByteReader } from './byte-reader.ts';
import { dnsName } from './dns-name.ts';
import { dnsClass, dnsType, optionName } from './dns-numbers.ts';
import { hex, ipv4, ipv6, printable } from './text.ts';

/** Of one section; more are counted in the header and not shown. */
export const dnsRecordsMax = 64;

export interface DnsRecords {
  readonly records: readonly Layer[];
  /** Of an OPT record among them; 0 without. */
  readonly extendedCode: number;
}

/** As many as are whole and sound, at most `dnsRecordsMax`. */
export function dnsRecords(reader: ByteReader, count: number): DnsRecords {
  const records: Layer[] = [];
  let extendedCode = 0;
  while (records.length < Math.min(count, dnsRecordsMax)) {
    const name = dnsName(reader);
    const [type, klass, ttl, length] = [reader.u16(), reader.u16(), reader.u32(), reader.u16()];
    const data = reader.part(length);
    if (name === undefined || reader.isCut) break;
    const read = contents(type, data);
    if (data.isCut || !read) {
      reader.isCut = true;
      break;
    }
    if (type === 41) extendedCode = ttl >>> 24;
    // The class of OPT is the sender's buffer, its TTL has flags (RFC 6891 §6.1.2); a cache-flush bit is no class (RFC 6762 §10.2).
    const shown = type === 41 ? String(klass) : dnsClass(klass & 0x7fff);
    records.push({ name, type: dnsType(type), class: shown, TTL: ttl, data_length: length, ...read });
  }
  // What follows a section that is not whole cannot be found.
  if (records.length < count) reader.isCut = true;
  return { records, extendedCode };
}

function contents(type: number, data: ByteReader): Layer | undefined {
  switch (type) {
    case 1:
      return data.left === 4 ? { IP: ipv4(data.take(4)) } : undefined;
    case 28:
      return data.left === 16 ? { IP: ipv6(data.take(16)) } : undefined;
    case 2:
      return named('NS', dnsName(data));
    case 5:
      return named('c_name', dnsName(data));
    case 12:
      return named('PTR', dnsName(data));
    case 6: {
      const [primary, mailbox] = [dnsName(data), dnsName(data)];
      if (primary === undefined || mailbox === undefined) return undefined;
      const [serial, refresh, retry, expire, minimum] = [data.u32(), data.u32(), data.u32(), data.u32(), data.u32()];
      return { SOA: { m_name: primary, r_name: mailbox, serial, refresh, retry, expire, minimum } };
    }
    case 15: {
      const preference = data.u16();
      const name = dnsName(data);
      return name === undefined ? undefined : { MX: { preference, name } };
    }
    case 33: {
      const [priority, weight, port] = [data.u16(), data.u16(), data.u16()];
      const name = dnsName(data);
      return name === undefined ? undefined : { SRV: { priority, weight, port, name } };
    }
    case 13: // HINFO: two strings, as TXT has them.
    case 16:
      return { TXTs: strings(data) };
    case 41:
      return { OPT: options(data) };
    default:
      return {};
  }
}

function named(key: string, name: string | undefined): Layer | undefined {
  return name === undefined ? undefined : { [key]: name };
}

function strings(data: ByteReader): string[] {
  const texts: string[] = [];
  while (data.left > 0 && !data.isCut) texts.push(printable(data.take(data.u8())));
  return texts;
}

function options(data: ByteReader): Layer[] {
  const list: Layer[] = [];
  while (data.left > 0 && !data.isCut) {
    const code = data.u16();
    list.push({ code: optionName(code), data: hex(data.take(data.u16())) });
  }
  return list;
}
