/** Names of the numbers in DNS messages (IANA, Domain Name System Parameters). A number without one is shown as itself. */

export const operations: readonly (string | undefined)[] = [
  'Query',
  'Inverse Query',
  'Status',
  undefined,
  'Notify',
  'Update',
  'Stateful Operations',
];

/** As the registry describes them, and the mnemonic that tools show. */
export const responseCodes: Readonly<Record<number, readonly [name: string, mnemonic: string]>> = {
  0: ['No Error', 'NOERROR'],
  1: ['Format Error', 'FORMERR'],
  2: ['Server Failure', 'SERVFAIL'],
  3: ['Non-Existent Domain', 'NXDOMAIN'],
  4: ['Not Implemented', 'NOTIMP'],
  5: ['Query Refused', 'REFUSED'],
  6: ['Name Exists when it should not', 'YXDOMAIN'],
  7: ['RR Set Exists when it should not', 'YXRRSET'],
  8: ['RR Set that should exist does not', 'NXRRSET'],
  9: ['Server Not Authoritative for zone', 'NOTAUTH'],
  10: ['Name not contained in zone', 'NOTZONE'],
  11: ['DSO-TYPE Not Implemented', 'DSOTYPENI'],
  16: ['Bad OPT Version', 'BADVERS'],
  17: ['Key not recognized', 'BADKEY'],
  18: ['Signature out of time window', 'BADTIME'],
  19: ['Bad TKEY Mode', 'BADMODE'],
  20: ['Duplicate key name', 'BADNAME'],
  21: ['Algorithm not supported', 'BADALG'],
  22: ['Bad Truncation', 'BADTRUNC'],
  23: ['Bad/missing Server Cookie', 'BADCOOKIE'],
};

export function dnsType(type: number): string {
  return types[type] ?? String(type);
}

export function dnsClass(klass: number): string {
  return classes[klass] ?? String(klass);
}

export function optionName(code: number): string {
  return optionNames[code] ?? String(code);
}

const types: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  13: 'HINFO',
  15: 'MX',
  16: 'TXT',
  24: 'SIG',
  25: 'KEY',
  28: 'AAAA',
  29: 'LOC',
  33: 'SRV',
  35: 'NAPTR',
  37: 'CERT',
  39: 'DNAME',
  41: 'OPT',
  43: 'DS',
  44: 'SSHFP',
  46: 'RRSIG',
  47: 'NSEC',
  48: 'DNSKEY',
  50: 'NSEC3',
  51: 'NSEC3PARAM',
  52: 'TLSA',
  64: 'SVCB',
  65: 'HTTPS',
  99: 'SPF',
  249: 'TKEY',
  250: 'TSIG',
  251: 'IXFR',
  252: 'AXFR',
  255: 'ANY',
  256: 'URI',
  257: 'CAA',
};

const classes: Readonly<Record<number, string>> = { 1: 'IN', 2: 'CS', 3: 'CH', 4: 'HS', 254: 'None', 255: 'Any' };

const optionNames: Readonly<Record<number, string>> = {
  1: 'LLQ',
  2: 'UpdateLease',
  3: 'NSID',
  5: 'DAU',
  6: 'DHU',
  7: 'N3U',
  8: 'EDNSClientSubnet',
  9: 'EDNSExpire',
  10: 'Cookie',
  11: 'TCPKeepAlive',
  12: 'Padding',
  13: 'Chain',
  14: 'EDNSKeyTag',
  15: 'ExtendedError',
};
