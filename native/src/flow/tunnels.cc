/** Tunnels: what is inside is a conversation of its own. */
#include "flow/walk.h"

namespace skein::flow {
namespace {

enum InnerType : uint16_t {
  kInnerIpv4 = 0x0800,
  kInnerIpv6 = 0x86dd,
  kInnerEthernet = 0x6558,
  kInnerMpls = 0x8847,
  kInnerMplsUpstream = 0x8848,
  kInnerErspan = 0x88be,
  kInnerErspan3 = 0x22eb,
};

constexpr int kLabelsMax = 16;

bool looksLikeEthernet(Bytes at) {
  if (!at.has(14)) return false;
  const uint16_t type = be16(at.data + 12);
  return type == kInnerIpv4 || type == kInnerIpv6 || type == 0x0806 || type == 0x8100 || type == 0x88a8;
}

}  // namespace

/** RFC 2784 and 2890. Version 1 belongs to PPTP and its packets are not followed. */
void Walk::gre(Bytes at) {
  if (!at.has(4)) return fail();
  level_->add(kGre);
  const uint16_t flags = be16(at.data);
  const uint16_t type = be16(at.data + 2);
  constexpr uint16_t kChecksum = 0x8000, kRouting = 0x4000, kKey = 0x2000, kSequence = 0x1000, kVersion = 7;
  if ((flags & kVersion) == 1) return;
  if ((flags & (kVersion | kRouting)) != 0) return fail();
  uint32_t offset = 4;
  if ((flags & kChecksum) != 0) offset += 4;
  if ((flags & kKey) != 0) {
    if (!at.has(offset + 4)) return fail();
    level_->networkId = be32(at.data + offset);
    offset += 4;
  }
  if ((flags & kSequence) != 0) offset += 4;
  if (!at.has(offset)) return fail();
  const Bytes inner = at.from(offset);
  switch (type) {
    case kInnerIpv4:
      return childIpv4(inner);
    case kInnerIpv6:
      return childIpv6(inner);
    case kInnerEthernet:
      return childEthernet(inner);
    case kInnerMpls:
    case kInnerMplsUpstream:
      return mpls(inner);
    case kInnerErspan:
      // Type I has neither a sequence number nor a header.
      return erspan((flags & kSequence) != 0 ? 2 : 1, inner);
    case kInnerErspan3:
      return erspan(3, inner);
    default:
      return;
  }
}

/** draft-foschiano-erspan-03. */
void Walk::erspan(uint8_t version, Bytes at) {
  level_->add(kErspan);
  uint32_t headerBytes = version == 1 ? 0 : version == 2 ? 8 : 12;
  if (!at.has(headerBytes)) return fail();
  if (version > 1) {
    if (at.data[0] >> 4 != version - 1) return fail();
    if (level_->networkId == 0) level_->networkId = be16(at.data + 2) & 0x3ff;
  }
  bool isEthernet = true;
  if (version == 3) {
    isEthernet = (be16(at.data + 10) >> 10 & 0x1f) == 0;
    if ((at.data[11] & 1) != 0) headerBytes += 8;
    if (!at.has(headerBytes)) return fail();
  }
  const Bytes inner = at.from(headerBytes);
  if (isEthernet) return childEthernet(inner);
  if (!inner.has(1)) return fail();
  return inner.data[0] >> 4 == 6 ? childIpv6(inner) : childIpv4(inner);
}

/** RFC 7348. Without its flag it is a datagram to that port like any other, but not one that could be read. */
void Walk::vxlan(Bytes at) {
  if (!at.has(8) || (at.data[0] & 0x08) == 0) return fail();
  level_->add(kVxlan);
  tunnelPort(be24(at.data + 4));
  childEthernet(at.from(8));
}

/** RFC 8926. */
void Walk::geneve(Bytes at) {
  if (!at.has(8) || at.data[0] >> 6 != 0) return fail();
  const uint32_t headerBytes = 8 + (at.data[0] & 0x3fu) * 4;
  const uint16_t type = be16(at.data + 2);
  if (type == 0 || headerBytes > at.wire) return fail();
  level_->add(kGeneve);
  tunnelPort(be24(at.data + 4));
  if (!at.has(headerBytes)) return fail();
  const Bytes inner = at.from(headerBytes);
  switch (type) {
    case kInnerEthernet:
      return childEthernet(inner);
    case kInnerIpv4:
      return childIpv4(inner);
    case kInnerIpv6:
      return childIpv6(inner);
    case kInnerMpls:
    case kInnerMplsUpstream:
      return mpls(inner);
    default:
      return;
  }
}

/** RFC 3032; over UDP RFC 7510. What is inside is not said, so it is guessed as RFC 4928 (section 3) has it. */
void Walk::mpls(Bytes at) {
  if (!at.has(4)) return fail();
  // A datagram to the port of MPLS whose first label is all zero is none.
  if (level_->tuple.numbers == Numbers::kUdp && be32(at.data) == 0) return fail();
  level_->add(kMpls);
  // Over IP the number is the tunnel's own key.
  if (level_->tuple.family == 0 || level_->tuple.numbers == Numbers::kUdp) level_->networkId = be32(at.data) >> 12;
  level_->payload = nullptr;
  level_->payloadSize = 0;
  bool isBottom = false;
  for (int labels = 0; !isBottom; labels++) {
    if (!at.has(4) || labels == kLabelsMax) return fail();
    isBottom = (at.data[2] & 1) != 0;
    at = at.from(4);
  }
  if (!at.has(1)) return fail();
  const uint8_t version = at.data[0] >> 4;
  if (version == 4 && (at.data[0] & 15) >= 5) return childIpv4(at);
  if (version == 6) return childIpv6(at);
  // A pseudowire (RFC 4448), with its control word or without.
  if (version == 0 && at.has(4) && looksLikeEthernet(at.from(4))) return childEthernet(at.from(4));
  if (looksLikeEthernet(at)) return childEthernet(at);
  fail();
}

void Walk::tunnelPort(uint32_t networkId) {
  level_->networkId = networkId;
  level_->tuple.numbers = Numbers::kTunnel;
  level_->tuple.number = networkId;
  level_->payload = nullptr;
  level_->payloadSize = 0;
}

void Walk::childIpv4(Bytes at) {
  if (!at.has(20) || at.data[0] >> 4 != 4) return fail();
  if (!open(at)) return;
  level_->etherType = kInnerIpv4;
  ipv4(at);
}

void Walk::childIpv6(Bytes at) {
  if (!at.has(40) || at.data[0] >> 4 != 6) return fail();
  if (!open(at)) return;
  level_->etherType = kInnerIpv6;
  ipv6(at);
}

void Walk::childEthernet(Bytes at) {
  if (!at.has(14)) return fail();
  if (!open(at)) return;
  ethernet(at);
}

}  // namespace skein::flow
