#include "ebpf/slot_observation.h"

#include <algorithm>

#include "ebpf/slot_frame.h"
#include "flow/append.h"
#include "flow/tracking.h"

namespace skein::ebpf {
namespace {

using namespace flow;

constexpr uint8_t kTcpProtocol = 6;

void finish(std::vector<uint8_t>& out, size_t at, uint8_t parts) {
  out[at + offsetof(Observation, parts)] = parts;
  const auto size = static_cast<uint16_t>(out.size() - at);
  memcpy(&out[at + offsetof(Observation, size)], &size, sizeof size);
}

TcpPart tcpPart(const flow_slot& slot, const TableClock& clock) {
  TcpPart part{};
  for (int end = 0; end < 2; end++) {
    const auto at = [&](int which) {
      const uint16_t since = slot.times[end][which];
      return since == 0 ? 0 : clock.msOf(slot.first + since - 1);
    };
    part.synMs[end] = at(0);
    part.finMs[end] = at(1);
    part.rstMs[end] = at(2);
    part.flags[end] = slot.flags[end];
  }
  return part;
}

}  // namespace

void SlotReader::slot(const flow_slot& slot, const TableClock& clock, std::vector<uint8_t>& out) {
  Observation seen = read(slot);
  seen.loPackets = slot.packets[0];
  seen.hiPackets = slot.packets[1];
  seen.loBytes = static_cast<double>(slot.bytes[0]);
  seen.hiBytes = static_cast<double>(slot.bytes[1]);
  seen.firstMs = clock.msOf(slot.first);
  seen.lastMs = std::max(seen.firstMs, clock.msOf(slot.last));
  const size_t at = out.size();
  append(out, &seen, sizeof seen);
  const bool hasTcp = seen.protocol == kTcpProtocol && (slot.flags[0] | slot.flags[1]) != 0;
  if (hasTcp) {
    const TcpPart part = tcpPart(slot, clock);
    append(out, &part, sizeof part);
  }
  finish(out, at, hasTcp ? kTcpPart : 0);
}

void SlotReader::fact(const flow_fact& fact, uint64_t count, std::vector<uint8_t>& out) {
  flow_slot slot{};
  slot.place = fact.place;
  slot.what = fact.what;
  slot.address0 = fact.address[0];
  memcpy(slot.address1, fact.address + 1, sizeof slot.address1);
  slot.shape = FLOW_ETHERNET;
  Observation seen = read(slot);
  seen.flags = kFactsOnly;
  const size_t at = out.size();
  append(out, &seen, sizeof seen);
  const auto counted = static_cast<uint32_t>(std::min<uint64_t>(count, UINT32_MAX));
  if (fact.reason >= FLOW_RETRANSMITTED) {
    TcpPart part{};
    part.retransmissions[(fact.reason - FLOW_RETRANSMITTED) & 1] = counted;
    append(out, &part, sizeof part);
    finish(out, at, kTcpPart);
  } else {
    const DropPart part{1, 0};
    const uint32_t drop[2] = {fact.reason, counted};
    append(out, &part, sizeof part);
    append(out, drop, sizeof drop);
    finish(out, at, kDropPart);
  }
}

Observation SlotReader::read(const flow_slot& slot) {
  const SlotFrame frame(slot);
  const Packet packet = frame.packet();
  levels_.count = 0;
  Walk(options_, levels_, packet).read();
  const Level& level = levels_.items[0];
  Observation seen{};
  bool hiStarted = (slot.shape & FLOW_BEGAN_BY_HI) != 0;
  bool isCertain = (slot.shape & FLOW_BEGAN_SURELY) != 0;
  if (level.began != Began::kUnsaid) {
    isCertain = true;
    hiStarted = (level.began == Began::kSender) == level.isFromHi;
  }
  seen.flags = static_cast<uint8_t>((hiStarted ? kHiStarted : 0) | (isCertain ? kStartCertain : 0));
  seen.family = level.tuple.family;
  seen.protocol = level.protocol;
  seen.etherType = level.etherType;
  seen.icmpClass = level.icmpClass;
  seen.icmpCode = level.icmpCode;
  seen.icmpId = level.icmpId;
  memcpy(seen.lo, level.tuple.lo, sizeof seen.lo);
  memcpy(seen.hi, level.tuple.hi, sizeof seen.hi);
  seen.loPort = level.loPort;
  seen.hiPort = level.hiPort;
  memcpy(seen.loMac, level.loMac, sizeof seen.loMac);
  memcpy(seen.hiMac, level.hiMac, sizeof seen.hiMac);
  seen.linkId = level.linkId;
  seen.networkId = level.networkId;
  seen.sampling = 1;
  memcpy(seen.layers, level.layers, sizeof seen.layers);
  seen.trackingId = trackingIdOf(level.tuple, level);
  seen.parentKey = slot.parent;
  seen.key = keyOf(seen.trackingId, slot.parent, level.tuple, true);
  return seen;
}

}  // namespace skein::ebpf
