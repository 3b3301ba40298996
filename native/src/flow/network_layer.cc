/** IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200), fragments of both. */
#include "flow/walk.h"

namespace skein::flow {
namespace {

constexpr int kExtensionsMax = 8;

enum NextHeader : uint8_t {
  kHopByHop = 0,
  kRouting = 43,
  kFragmentHeader = 44,
  kNoNextHeader = 59,
  kDestination = 60,
  kMobility = 135,
  kHip = 139,
  kShim6 = 140,
};

bool isExtension(uint8_t next) {
  switch (next) {
    case kHopByHop:
    case kRouting:
    case kDestination:
    case kMobility:
    case kHip:
    case kShim6:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Walk::ipv4(Bytes at) {
  if (!at.has(20) || at.data[0] >> 4 != 4) return fail();
  const uint32_t headerBytes = (at.data[0] & 15u) * 4;
  const uint32_t total = be16(at.data + 2);
  if (headerBytes < 20) return fail();
  level_->add(kIpv4);
  level_->tuple.family = 4;
  level_->ttl = at.data[8];
  level_->protocol = at.data[9];
  source_ = at.data + 12;
  target_ = at.data + 16;
  // Offloading leaves 0 where the kernel has put more than 64 KiB together.
  if (!at.has(headerBytes) || (total != 0 && total < headerBytes)) return fail();
  const Bytes body = (total == 0 ? at : at.upTo(total)).from(headerBytes);
  const uint16_t fragmentWord = be16(at.data + 6);
  if ((fragmentWord & 0x3fff) == 0) return transport(level_->protocol, body);
  FragmentPlace place;
  place.id = be16(at.data + 4);
  place.offset = (fragmentWord & 0x1fffu) * 8;
  place.isLast = (fragmentWord & 0x2000) == 0;
  fragment(place, level_->protocol, body);
}

void Walk::ipv6(Bytes at) {
  if (!at.has(40) || at.data[0] >> 4 != 6) return fail();
  const uint32_t length = be16(at.data + 4);
  level_->add(kIpv6);
  level_->tuple.family = 6;
  level_->ttl = at.data[7];
  level_->protocol = at.data[6];
  source_ = at.data + 8;
  target_ = at.data + 24;
  // Length 0: a jumbogram (RFC 2675).
  ipv6Upper(at.data[6], (length == 0 ? at : at.upTo(40 + length)).from(40));
}

void Walk::ipv6Upper(uint8_t next, Bytes at) {
  for (int count = 0; isExtension(next) || next == kFragmentHeader; count++) {
    level_->protocol = next;
    if (!at.has(8) || count == kExtensionsMax) return fail();
    const uint8_t after = at.data[0];
    if (next == kFragmentHeader) {
      const uint16_t word = be16(at.data + 2);
      const bool isLast = (word & 1) == 0;
      level_->protocol = after;
      if (word >> 3 != 0 || !isLast) {
        FragmentPlace place;
        place.id = be32(at.data + 4);
        place.offset = word & 0xfff8u;
        place.isLast = isLast;
        return fragment(place, after, at.from(8));
      }
      // A fragment that is whole (RFC 6946) is one more header.
      at = at.from(8);
    } else {
      const uint32_t headerBytes = (at.data[1] + 1u) * 8;
      if (!at.has(headerBytes)) return fail();
      at = at.from(headerBytes);
    }
    if (level_->layers[level_->layerCount - 1] != kIpv6Extension) level_->add(kIpv6Extension);
    next = after;
  }
  level_->protocol = next;
  if (next != kNoNextHeader) transport(next, at);
}

void Walk::fragment(const FragmentPlace& place, uint8_t next, Bytes body) {
  level_->add(kFragment);
  if (options_.defragmenter == nullptr) return;
  // Told apart as conversations are, so that tunnels and VLANs keep their own numbers.
  Level& level = *level_;
  level.parentKey = parentKey();
  close();
  Datagram datagram;
  switch (options_.defragmenter->add(level, place, next, body, datagram)) {
    case Defragmenter::Outcome::kAlone:
      level.fragmentErrors += datagram.errors;
      return;
    case Defragmenter::Outcome::kHeld:
      levels_.count--;
      isHeld_ = true;
      return;
    case Defragmenter::Outcome::kWhole:
      level_ = &level;
      level.packets = datagram.packets;
      level.bytes = datagram.bytes;
      level.firstNs = datagram.firstNs;
      level.defragmented = 1;
      level.protocol = datagram.next;
      base_ = {datagram.data, datagram.size, datagram.size};
      if (level.tuple.family == 4) return transport(datagram.next, base_);
      return ipv6Upper(datagram.next, base_);
  }
}

}  // namespace skein::flow
