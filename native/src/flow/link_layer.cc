/** Link layers (LINKTYPE_… of tcpdump.org), VLAN tags, ARP. */
#include "flow/walk.h"

namespace skein::flow {
namespace {

enum LinkType : uint32_t {
  kNull = 0,
  kEthernetLink = 1,
  kPppLink = 9,
  kRaw1 = 12,
  kRaw2 = 14,
  kRaw = 101,
  kLoop = 108,
  kLinuxSll = 113,
  kRawIpv4 = 228,
  kRawIpv6 = 229,
  kLinuxSll2 = 276,
};

enum EtherType : uint16_t {
  kTypeIpv4 = 0x0800,
  kTypeArp = 0x0806,
  kTypeVlan = 0x8100,
  kTypeIpv6 = 0x86dd,
  kTypeMpls = 0x8847,
  kTypeMplsUpstream = 0x8848,
  kTypePppoe = 0x8864,
  kTypeServiceVlan = 0x88a8,
  kTypeOldServiceVlan = 0x9100,
};

/** IEEE 802.3: from here on the field is a type, up to 1500 a length. */
constexpr uint16_t kTypeMin = 0x0600;
constexpr uint16_t kLengthMax = 1500;
/** What 64 bits of the link's id have room for. */
constexpr int kTagsMax = 5;

constexpr uint8_t kNoMac[6] = {};

bool isTag(uint16_t type) { return type == kTypeVlan || type == kTypeServiceVlan || type == kTypeOldServiceVlan; }

}  // namespace

void Walk::link(Bytes at) {
  switch (packet_.linkType) {
    case kEthernetLink:
      if (at.size < 14) return fail();
      open(at);
      return ethernet(at);
    case kRaw:
    case kRaw1:
    case kRaw2:
    case kRawIpv4:
    case kRawIpv6:
      if (at.size < 1) return fail();
      open(at);
      return byVersion(at);
    case kNull:
    case kLoop: {
      // The address family is in the byte order of whoever wrote it, and 4 bits of IP say the same.
      if (at.size < 5) return fail();
      open(at);
      return byVersion(at.from(4));
    }
    case kPppLink:
      if (at.size < 2) return fail();
      open(at);
      return ppp(at);
    case kLinuxSll: {
      if (at.size < 16) return fail();
      open(at);
      // Only the sender's address is there, so it says who it was only where nothing else does.
      const uint16_t type = be16(at.data + 14);
      if (type != kTypeIpv4 && type != kTypeIpv6 && be16(at.data + 4) == 6) {
        sourceMac_ = at.data + 6;
        targetMac_ = kNoMac;
      }
      return etherType(type, at.from(16));
    }
    case kLinuxSll2: {
      if (at.size < 20) return fail();
      open(at);
      const uint16_t type = be16(at.data);
      if (type != kTypeIpv4 && type != kTypeIpv6 && at.data[11] == 6) {
        sourceMac_ = at.data + 12;
        targetMac_ = kNoMac;
      }
      return etherType(type, at.from(20));
    }
    default:
      fail();
  }
}

/** Has 14 bytes. */
void Walk::ethernet(Bytes at) {
  level_->add(kEthernet);
  targetMac_ = at.data;
  sourceMac_ = at.data + 6;
  etherType(be16(at.data + 12), at.from(14));
}

void Walk::etherType(uint16_t type, Bytes at) {
  for (int tags = 0; isTag(type); tags++) {
    level_->etherType = type;
    if (!at.has(4) || tags == kTagsMax) return fail();
    level_->add(kDot1Q);
    level_->linkId |= uint64_t{be16(at.data) & 0x0fffu} << (12 * tags);
    type = be16(at.data + 2);
    at = at.from(4);
  }
  level_->etherType = type;
  switch (type) {
    case kTypeIpv4:
      return ipv4(at);
    case kTypeIpv6:
      return ipv6(at);
    case kTypeArp:
      return arp(at);
    case kTypeMpls:
    case kTypeMplsUpstream:
      return mpls(at);
    case kTypePppoe:
      return pppoe(at);
    default:
      if (type >= kTypeMin) return;
      if (type > kLengthMax) return fail();
      return logicalLink(at.upTo(type));
  }
}

/** IEEE 802.2; with the SNAP header of RFC 1042 a type follows after all. */
void Walk::logicalLink(Bytes at) {
  if (!at.has(3)) return fail();
  level_->add(kLlc);
  if (at.data[0] != 0xaa || at.data[1] != 0xaa || at.data[2] != 3) return;
  if (!at.has(8)) return fail();
  const uint16_t type = be16(at.data + 6);
  if (be24(at.data + 3) != 0 || type < kTypeMin) return;
  etherType(type, at.from(8));
}

/** RFC 826. */
void Walk::arp(Bytes at) {
  if (!at.has(8)) return fail();
  level_->add(kArp);
  const uint16_t operation = be16(at.data + 6);
  if (operation == 1) level_->began = Began::kSender;
  if (operation == 2) level_->began = Began::kReceiver;
  level_->isReply = operation == 2;
}

/** RFC 2516, session stage. */
void Walk::pppoe(Bytes at) {
  if (!at.has(6) || at.data[0] != 0x11) return fail();
  ppp(at.from(6));
}

/** RFC 1661, with or without the framing of RFC 1662. */
void Walk::ppp(Bytes at) {
  if (at.has(2) && at.data[0] == 0xff && at.data[1] == 0x03) at = at.from(2);
  if (!at.has(2)) return fail();
  level_->add(kPpp);
  // A protocol below 256 may be one byte (its lowest bit is set).
  const bool isShort = (at.data[0] & 1) != 0;
  const uint16_t protocol = isShort ? at.data[0] : be16(at.data);
  const Bytes body = at.from(isShort ? 1 : 2);
  switch (protocol) {
    case 0x0021:
      level_->etherType = kTypeIpv4;
      return ipv4(body);
    case 0x0057:
      level_->etherType = kTypeIpv6;
      return ipv6(body);
    case 0x0281:
      level_->etherType = kTypeMpls;
      return mpls(body);
    default:
      return;
  }
}

void Walk::byVersion(Bytes at) {
  const uint8_t version = at.data[0] >> 4;
  if (version == 4) {
    level_->etherType = kTypeIpv4;
    return ipv4(at);
  }
  if (version == 6) {
    level_->etherType = kTypeIpv6;
    return ipv6(at);
  }
  fail();
}

}  // namespace skein::flow
