/** Types of messages and groups of rtnetlink (linux/rtnetlink.h). */
export const RTM = {
  newLink: 16,
  delLink: 17,
  getLink: 18,
  newAddress: 20,
  delAddress: 21,
  getAddress: 22,
  newRoute: 24,
  delRoute: 25,
  getRoute: 26,
  newNeighbour: 28,
  delNeighbour: 29,
  getNeighbour: 30,
  newRule: 32,
  delRule: 33,
  getRule: 34,
  newQdisc: 36,
  delQdisc: 37,
  getQdisc: 38,
  newFilter: 44,
  delFilter: 45,
  getFilter: 46,
  newNetconf: 80,
  delNetconf: 81,
  getNetconf: 82,
  newNsid: 88,
  delNsid: 89,
  getNsid: 90,
  newStats: 92,
  getStats: 94,
  newNexthop: 104,
  delNexthop: 105,
  getNexthop: 106,
  newVlan: 112,
  delVlan: 113,
} as const;

/** What every supported kernel (4.9) has. */
export const GROUPS = [
  1, // LINK
  3, // NEIGH
  4, // TC
  5, // IPV4_IFADDR
  6, // IPV4_MROUTE
  7, // IPV4_ROUTE
  8, // IPV4_RULE
  9, // IPV6_IFADDR
  10, // IPV6_MROUTE
  11, // IPV6_ROUTE
  19, // IPV6_RULE
  24, // IPV4_NETCONF
  25, // IPV6_NETCONF
  28, // NSID
];

/** Since Linux 5.3 and 5.8. */
export const NEWER_GROUPS = [
  32, // NEXTHOP
  33, // BRVLAN
];
