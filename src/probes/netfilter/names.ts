/** Names that nft has for numbers of IANA. */

export const PROTOCOLS: Readonly<Record<number, string>> = {
  ...{ 1: 'icmp', 2: 'igmp', 6: 'tcp', 17: 'udp', 33: 'dccp', 47: 'gre', 50: 'esp', 51: 'ah', 58: 'ipv6-icmp' },
  ...{ 4: 'ipencap', 41: 'ipv6', 89: 'ospf', 103: 'pim', 108: 'ipcomp', 112: 'vrrp', 132: 'sctp', 136: 'udplite' },
};

export const ICMP_TYPES: Readonly<Record<number, string>> = {
  ...{ 0: 'echo-reply', 3: 'destination-unreachable', 4: 'source-quench', 5: 'redirect', 8: 'echo-request' },
  ...{ 9: 'router-advertisement', 10: 'router-solicitation', 11: 'time-exceeded', 12: 'parameter-problem' },
  ...{ 13: 'timestamp-request', 14: 'timestamp-reply', 15: 'info-request', 16: 'info-reply' },
  ...{ 17: 'address-mask-request', 18: 'address-mask-reply' },
};

export const ICMPV6_TYPES: Readonly<Record<number, string>> = {
  ...{ 1: 'destination-unreachable', 2: 'packet-too-big', 3: 'time-exceeded', 4: 'parameter-problem' },
  ...{ 128: 'echo-request', 129: 'echo-reply', 130: 'mld-listener-query', 131: 'mld-listener-report' },
  ...{ 132: 'mld-listener-done', 133: 'nd-router-solicit', 134: 'nd-router-advert', 135: 'nd-neighbor-solicit' },
  ...{ 136: 'nd-neighbor-advert', 137: 'nd-redirect', 138: 'router-renumbering', 143: 'mld2-listener-report' },
};

/** NFT_REJECT_ICMP_UNREACH of IPv4 and of IPv6, and NFT_REJECT_ICMPX_UNREACH. */
export const REJECT_CODES: Readonly<Record<'icmp' | 'icmpv6' | 'icmpx', Readonly<Record<number, string>>>> = {
  icmp: {
    ...{ 0: 'net-unreachable', 1: 'host-unreachable', 2: 'prot-unreachable', 3: 'port-unreachable' },
    ...{ 9: 'net-prohibited', 10: 'host-prohibited', 13: 'admin-prohibited' },
  },
  icmpv6: {
    ...{ 0: 'no-route', 1: 'admin-prohibited', 3: 'addr-unreachable', 4: 'port-unreachable' },
    ...{ 5: 'policy-fail', 6: 'reject-route' },
  },
  icmpx: { 0: 'no-route', 1: 'port-unreachable', 2: 'host-unreachable', 3: 'admin-prohibited' },
};
