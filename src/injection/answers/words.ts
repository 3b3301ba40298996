/** What ICMP errors say, by type and code (IANA: ICMP Parameters, ICMPv6 Parameters). */

export function errorWords(family: 4 | 6, type: number, code: number): string {
  const words = family === 4 ? v4 : v6;
  return words[`${type}.${code}`] ?? words[`${type}`] ?? `ICMP type ${type} code ${code}`;
}

const v4: Readonly<Record<string, string>> = {
  '3.0': 'network unreachable',
  '3.1': 'host unreachable',
  '3.2': 'protocol unreachable',
  '3.3': 'port unreachable',
  '3.4': 'too big, and not to be fragmented',
  '3.5': 'source route failed',
  '3.6': 'network unknown',
  '3.7': 'host unknown',
  '3.9': 'network prohibited',
  '3.10': 'host prohibited',
  '3.13': 'prohibited by a filter',
  '3': 'unreachable',
  '4': 'source quench',
  '5': 'redirected',
  '11.0': 'TTL exceeded',
  '11.1': 'fragments did not come in time',
  '12': 'header makes no sense',
};

const v6: Readonly<Record<string, string>> = {
  '1.0': 'no route',
  '1.1': 'prohibited by a filter',
  '1.2': 'beyond the scope of its source',
  '1.3': 'host unreachable',
  '1.4': 'port unreachable',
  '1.5': 'source address refused',
  '1.6': 'route rejects it',
  '1': 'unreachable',
  '2': 'too big',
  '3.0': 'hop limit exceeded',
  '3.1': 'fragments did not come in time',
  '4': 'header makes no sense',
};
