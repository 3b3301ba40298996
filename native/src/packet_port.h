/**
 * A packet socket (packet(7)) that is read in batches: for what is rare. No JavaScript here. Captures have a ring of
 * their own (packets/packet_ring.h).
 */
#pragma once

#include <linux/filter.h>
#include <linux/if_packet.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "port.h"

namespace skein {

struct PacketPortOptions {
  /** linux/if_ether.h */
  uint16_t protocol = 0;
  /** 0: all. */
  int interfaceIndex = 0;
  /** Empty: all packets pass. */
  std::vector<sock_filter> filter;
};

/** How a kind of them is opened and read. */
struct PacketPortKind {
  /** SOCK_RAW: frames with the header of their link; SOCK_DGRAM: packets from the network layer on. */
  int type;
  /** Of the kernel's queue. */
  int receiveBytes;
  /** Whether the kernel tells when it took each in. */
  bool isTimed;
  /** Of one packet; what is longer is cut off, its length too. */
  size_t packetBytes;
  int batchPackets;
};

/** Opened in the namespace of the calling thread. Throws Failure. */
Fd openPacketPort(const PacketPortKind& kind, const PacketPortOptions& options);

class PacketPort : public Port<std::vector<uint8_t>> {
 public:
  void close() override;

 protected:
  PacketPort(Fd fd, const PacketPortKind& kind) : Port(std::move(fd), "packet socket"), kind_(kind) {}

  struct Heard {
    const sockaddr_ll& from;
    uint64_t timeNs;  // epoch; 0 where it is not told
    const uint8_t* bytes;
    uint32_t length;
  };
  /** How it is told. */
  virtual void append(Batch& batch, const Heard& heard) = 0;

 private:
  void readBatches(int fd) override;

  const PacketPortKind& kind_;
};

/** Puts bytes into a batch. */
template <typename T>
void appendBytes(std::vector<uint8_t>& batch, const T* values, size_t count) {
  const auto* const bytes = reinterpret_cast<const uint8_t*>(values);
  batch.insert(batch.end(), bytes, bytes + count * sizeof(T));
}

/** A packet socket is let go beside, as the kernel waits for all processors to do so. */
void letGo(std::shared_ptr<const Fd> fd);

}  // namespace skein
