/** A packet socket with its ring shared with the kernel (packet(7), TPACKET_V3 of linux/if_packet.h). No thread of its own. */
#pragma once

#include <linux/if_packet.h>

#include <cstdint>
#include <memory>
#include <string>

#include "capture_filter.h"
#include "fd.h"

namespace skein::packets {

struct RingOptions {
  std::string interfaceName;
  Program filter;  // empty: all
  uint32_t snapLength = 0;
  uint32_t ringBytes = 0;
  /** A block that is not full is handed over after so long, twice that at most. */
  uint32_t retireMs = 0;
};

/** Totals since the start. */
struct RingStats {
  uint64_t received = 0;  // with those that were dropped
  uint64_t dropped = 0;
  uint64_t freezes = 0;
};

/** struct virtio_net_hdr of linux/virtio_net.h, which C++ does not read: how a packet was put together. */
struct SegmentHead {
  uint8_t flags;
  uint8_t type;  // 0: it is one packet
  uint16_t headerBytes;
  uint16_t segmentBytes;
  uint16_t checksum[2];
};

class PacketRing {
 public:
  /** In the namespace of the calling thread; it stays there wherever it is used. Throws Failure. */
  static std::unique_ptr<PacketRing> open(const RingOptions& options);
  ~PacketRing();
  PacketRing(const PacketRing&) = delete;
  PacketRing& operator=(const PacketRing&) = delete;

  int fd() const { return fd_.get(); }
  /** LINKTYPE_ of its packets. */
  uint32_t linkType() const { return linkType_; }
  /** Before each packet: a SegmentHead, or nothing. */
  uint32_t headBytes() const { return headBytes_; }

  /** The oldest block that the kernel has handed over; nothing when there is none. */
  tpacket_hdr_v1* ready() const;
  /** Gives the block that was ready() back. */
  void giveBack();
  /** Packets in the block that the kernel is filling. */
  uint32_t filling() const;

  /** From now on nothing comes in; what is being filled is still handed over. */
  void shut();
  /** The interface has left its namespace, or is no more: nothing will ever come again. */
  bool isGone() const;
  /** What has been counted since the last call: the kernel forgets it. */
  RingStats takeStats() const;

 private:
  PacketRing() = default;
  void map(const RingOptions& options);
  tpacket_hdr_v1* current() const;

  Fd fd_;
  uint32_t linkType_ = 0;
  uint32_t headBytes_ = 0;
  uint8_t* memory_ = nullptr;
  size_t blockBytes_ = 0;
  unsigned blocks_ = 0;
  unsigned at_ = 0;
};

}  // namespace skein::packets
