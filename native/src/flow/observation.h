/**
 * What was seen of one conversation at one place since the last time: the record that crosses to TypeScript, whole
 * buffers of it at a time. Every mechanism speaks it, so that there is one flow table (src/flow/table.ts) for all.
 *
 * A conversation has two ends, put in order so that its direction does not matter: `lo` is the end with the smaller
 * address, then the smaller port (without a network layer: the smaller MAC). Counters are what each end has sent; they
 * are what was added, not totals. Little-endian, no gaps; src/flow/layout.ts has the same table, and the door refuses
 * to load when the two differ.
 */
#pragma once

#include <cstdint>

namespace skein::flow {

/** Decoded layers, in the order of the packet; their names are those of LayersPath. */
enum Layer : uint8_t {
  kNone = 0,
  kEthernet,
  kDot1Q,
  kArp,
  kIpv4,
  kIpv6,
  kFragment,  // IPv4 or IPv6 fragment that could not be put together
  kIcmpv4,
  kIcmpv6,
  kIcmpv6Echo,
  kIcmpv6NeighborSolicitation,
  kIcmpv6NeighborAdvertisement,
  kIcmpv6RouterSolicitation,
  kIcmpv6RouterAdvertisement,
  kTcp,
  kUdp,
  kSctp,
  kGre,
  kErspan,
  kVxlan,
  kGeneve,
  kMpls,
  kIpv6Extension,  // hop-by-hop, routing, destination options: IPv6HopByHop and so on are one here
  kPpp,
  kLlc,
  kDns,  // from here on: named by the application decoders in TypeScript, never by the engine
  kDhcpv4,
  kVrrp,
  kIgmp,
  kEsp,
  kAh,
};

enum ObservationFlags : uint8_t {
  kHiStarted = 1,       // the initiator (A) is `hi`
  kStartCertain = 2,    // by a SYN, a request, an echo request; else by who was seen first
  kSampled = 4,         // counters are scaled by `sampling`
  kFactsOnly = 8,       // its packets are counted elsewhere (first packets of the kernel's table); with firstMs 0: some time ago
};

enum ObservationParts : uint8_t { kTcpPart = 1, kIpPart = 2, kPayloadPart = 4, kDropPart = 8 };

struct Observation {
  uint16_t size;  // with all parts, a multiple of 8
  uint8_t parts;
  uint8_t flags;
  uint32_t source;  // the capture point, by the number its maker gave it
  uint8_t family;   // 4, 6, or 0 without a network layer
  uint8_t protocol; // IP protocol number, 0 without
  uint16_t etherType;
  uint8_t icmpClass;  // IcmpClass: requests and replies, v4 and v6 are one
  uint8_t icmpCode;
  uint16_t icmpId;
  uint8_t lo[16];  // IPv4 in the first four bytes
  uint8_t hi[16];
  uint16_t loPort;  // host byte order, as all numbers here
  uint16_t hiPort;
  uint8_t loMac[6];
  uint8_t hiMac[6];
  uint64_t linkId;     // VLAN tags, 12 bits each, the outermost in the lowest
  uint32_t networkId;  // VNI, GRE key, MPLS label… of the tunnel this conversation is the outside of
  uint32_t sampling;   // one of so many packets was seen; 1: all
  uint8_t layers[12];  // Layer, ended by 0
  uint32_t rttNs;      // handshake, or first echo; 0: not seen
  uint64_t trackingId; // src/flow/tracking.ts
  uint64_t key;        // the conversation within its source: trackingId, the tunnel around it, MACs in mode L2
  uint64_t parentKey;  // key of the conversation of the tunnel around it; 0: none
  double loPackets;
  double loBytes;  // original length, from the first layer of this conversation on
  double hiPackets;
  double hiBytes;
  double firstMs;  // epoch, with fractions
  double lastMs;
};
static_assert(sizeof(Observation) == 168);

/** Index 0: sent by lo, 1: sent by hi. Times epoch ms, 0: not seen. Counters are what was added. */
struct TcpPart {
  double synMs[2];
  double finMs[2];
  double rstMs[2];
  uint32_t retransmissions[2];
  uint32_t outOfOrder[2];    // came while something before them was missing
  uint32_t skipped[2];       // gaps given up on (reassembly)
  uint32_t skippedBytes[2];
  uint32_t segments[2];      // with reassembly only: segments with payload, and bytes of it, in order
  uint32_t payloadBytes[2];
  uint8_t synTtl[2];
  uint8_t flags[2];  // all flags seen
  uint32_t smoothedRttNs;
};
static_assert(sizeof(TcpPart) == 104);

struct IpPart {
  uint32_t fragments;       // datagrams that were put together; each piece of them is among the packets
  uint32_t fragmentErrors;  // pieces or datagrams given up: cut off, overlapping, not whole within 30 s
};

/** Payloads of the first packets, for the application decoders. After it `count` times: PayloadHead, bytes, padding to 8. */
struct PayloadPart {
  uint32_t count;
  uint32_t size;  // of all of them
};
struct PayloadHead {
  double ms;
  uint16_t size;
  uint16_t fromHi;  // 1: sent by hi
  uint32_t sequence;  // TCP sequence number of its first byte, else 0
};

/** Packets that the kernel dropped, by enum skb_drop_reason. After it `count` times: uint32 reason, uint32 packets. */
struct DropPart {
  uint32_t count;
  uint32_t reserved;
};

/** Skydive's names, v4 and v6 folded, request and reply one (facts of its schema). */
enum IcmpClass : uint8_t {
  kIcmpUnknown = 0,
  kIcmpDestinationUnreachable,
  kIcmpEcho,
  kIcmpNeighbor,
  kIcmpAddressMask,
  kIcmpInfo,
  kIcmpParameterProblem,
  kIcmpRedirect,
  kIcmpRouter,
  kIcmpSourceQuench,
  kIcmpTimeExceeded,
  kIcmpTimestamp,
  kIcmpPacketTooBig,
};

/** A packet that was kept, as it follows others in its buffer; then `captured` bytes, padding to 8. */
struct RawPacket {
  uint64_t key;  // of the innermost conversation
  uint32_t source;
  uint32_t linkType;
  double ms;
  uint32_t length;
  uint32_t captured;
};
static_assert(sizeof(RawPacket) == 32);

}  // namespace skein::flow
