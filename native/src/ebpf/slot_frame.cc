#include "ebpf/slot_frame.h"

#include <cstring>

namespace skein::ebpf {
namespace {

constexpr uint32_t kLinkEthernet = 1, kLinkRaw = 101;

enum EtherType : uint16_t { kIpv4 = 0x0800, kIpv6 = 0x86dd, kVlan = 0x8100, kPppoe = 0x8864, kMpls = 0x8847,
                            kMplsUpstream = 0x8848, kBridged = 0x6558, kErspan = 0x88be };
enum Protocol : uint8_t { kIcmp = 1, kTcp = 6, kUdp = 17, kGre = 47, kIcmpv6 = 58, kDestinationOptions = 60, kSctp = 132,
                          kMplsInIp = 137 };

uint16_t detailOf(const flow_slot& slot) { return static_cast<uint16_t>(slot.what >> 32); }
uint8_t protocolOf(const flow_slot& slot) { return static_cast<uint8_t>(slot.what >> 48); }
uint8_t familyOf(const flow_slot& slot) { return static_cast<uint8_t>(slot.what >> 56); }

}  // namespace

SlotFrame::SlotFrame(const flow_slot& slot)
    : isEthernet_((slot.shape & FLOW_ETHERNET) != 0), isFromHi_((slot.shape & FLOW_FIRST_FROM_HI) != 0) {
  const uint8_t family = familyOf(slot);
  const uint16_t type = family == 0 ? detailOf(slot) : uint16_t{family == 4 ? kIpv4 : kIpv6};
  if (isEthernet_) link(slot, type);
  if (family != 0) {
    network(slot);
  } else if (detailOf(slot) == kMpls || detailOf(slot) == kMplsUpstream) {
    label(slot.network);
  } else {
    zeros(8);
  }
}

flow::Packet SlotFrame::packet() const { return {0, isEthernet_ ? kLinkEthernet : kLinkRaw, bytes_, size_, size_}; }

/** MACs of conversations of IP are not in the table. */
void SlotFrame::link(const flow_slot& slot, uint16_t type) {
  if (familyOf(slot) == 0) {
    const uint64_t lo = slot.address0, hi = slot.address1[0];
    copy(isFromHi_ ? &lo : &hi, 6);
    copy(isFromHi_ ? &hi : &lo, 6);
  } else {
    zeros(12);
  }
  for (uint32_t tag = 0; tag < (slot.shape >> FLOW_TAGS_SHIFT & 7u); tag++) {
    half(kVlan);
    half(slot.link >> 12 * tag & 0xfff);
  }
  const bool isPpp = (slot.shape & FLOW_PPP) != 0 && (type == kIpv4 || type == kIpv6);
  half(isPpp ? static_cast<uint16_t>(kPppoe) : type);
  if (!isPpp) return;
  byte(0x11);
  zeros(5);
  half(type == kIpv4 ? 0x0021 : 0x0057);
}

void SlotFrame::network(const flow_slot& slot) {
  const bool isFragment = (slot.shape & FLOW_FRAGMENT) != 0;
  const bool isExtended = (slot.shape & FLOW_EXTENSION) != 0;
  const uint8_t protocol = protocolOf(slot);
  if (familyOf(slot) == 4) {
    byte(0x45);
    zeros(5);
    half(isFragment ? 0x2000 : 0);
    byte(0);
    byte(protocol);
    zeros(2);
    const auto lo = static_cast<uint32_t>(slot.address0), hi = static_cast<uint32_t>(slot.address0 >> 32);
    copy(isFromHi_ ? &hi : &lo, 4);
    copy(isFromHi_ ? &lo : &hi, 4);
  } else {
    byte(0x60);
    zeros(5);
    byte(isExtended ? static_cast<uint8_t>(kDestinationOptions) : isFragment ? 44 : protocol);
    byte(0);
    const uint64_t ends[2][2] = {{slot.address0, slot.address1[0]}, {slot.address1[1], slot.address1[2]}};
    copy(ends[isFromHi_ ? 1 : 0], 16);
    copy(ends[isFromHi_ ? 0 : 1], 16);
    if (isExtended) {
      byte(isFragment ? 44 : protocol);
      zeros(7);
    }
    if (isFragment) {
      byte(protocol);
      byte(0);
      half(1);
      zeros(4);
    }
  }
  if (!isFragment && (slot.shape & FLOW_PORTLESS) == 0) transport(slot, protocol);
}

void SlotFrame::transport(const flow_slot& slot, uint8_t protocol) {
  switch (protocol) {
    case kTcp:
      ports(slot);
      zeros(8);
      byte(0x50);
      zeros(7);
      return;
    case kSctp:
      ports(slot);
      zeros(8);
      return;
    case kIcmp:
    case kIcmpv6:
      half(detailOf(slot));
      zeros(2);
      half(static_cast<uint16_t>(slot.what));
      zeros(2);
      return;
    case kUdp:
      if ((slot.shape & (FLOW_VXLAN | FLOW_GENEVE)) != 0) {
        half(0);
        half(detailOf(slot));
        zeros(4);
        byte((slot.shape & FLOW_VXLAN) != 0 ? 0x08 : 0);
        byte(0);
        half((slot.shape & FLOW_VXLAN) != 0 ? 0 : kBridged);
        word(slot.network << 8);
        return;
      }
      ports(slot);
      zeros(4);
      if ((slot.shape & FLOW_MPLS) != 0) label(slot.network);
      return;
    case kGre: {
      const bool isErspan = (slot.shape & FLOW_ERSPAN) != 0, isMpls = (slot.shape & FLOW_MPLS) != 0;
      half(slot.network != 0 ? 0x2000 : 0);
      half(isErspan ? kErspan : isMpls ? kMpls : 0);
      if (slot.network != 0) word(slot.network);
      if (isMpls) label(0);
      return;
    }
    case kMplsInIp:
      return label(slot.network);
    default:
      return;
  }
}

void SlotFrame::ports(const flow_slot& slot) {
  const auto lo = static_cast<uint16_t>(slot.what), hi = static_cast<uint16_t>(slot.what >> 16);
  half(isFromHi_ ? hi : lo);
  half(isFromHi_ ? lo : hi);
}

/** The only one; its time to live makes it differ from nothing. */
void SlotFrame::label(uint32_t number) { word(number << 12 | 0x100 | 1); }

void SlotFrame::half(uint16_t value) {
  byte(static_cast<uint8_t>(value >> 8));
  byte(static_cast<uint8_t>(value));
}

void SlotFrame::word(uint32_t value) {
  half(static_cast<uint16_t>(value >> 16));
  half(static_cast<uint16_t>(value));
}

void SlotFrame::copy(const void* from, uint32_t size) {
  memcpy(bytes_ + size_, from, size);
  size_ += size;
}

}  // namespace skein::ebpf
