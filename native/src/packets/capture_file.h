/**
 * Capture files, read as they come, in pieces of any size: pcap (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html)
 * and pcapng (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html), of either endianness. Never reads past
 * what it is given, and keeps at most one record.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "flow/engine.h"

namespace skein::packets {

/** What is wrong with a file, and at which byte of it. */
struct FileMistake {
  std::string reason;
  uint64_t offset;
};

class CaptureFile {
 public:
  /** Packets in their order; they lie in the piece or in here, and are gone when it returns. */
  using Take = std::function<void(flow::Packet* packets, size_t count)>;

  /** Throws FileMistake after all that is before the mistake has been taken. From then on it always throws the same. */
  void read(const uint8_t* piece, size_t size, const Take& take);
  /** The file is over: says what is missing, if it is in the middle of something. What comes next is a new file. */
  std::optional<std::string> end();

 private:
  enum class Format { kUnknown, kPcap, kPcapng };
  struct Interface {
    uint32_t linkType;
    uint32_t snapLength;
    uint8_t resolution;  // if_tsresol
    int64_t offsetS;     // if_tsoffset
  };
  class Batch;

  size_t readWhole(const uint8_t* at, size_t size, Batch& batch);
  size_t step(const uint8_t* at, size_t size, Batch& batch);
  size_t recognise(const uint8_t* at, size_t size, Batch& batch);
  size_t pcapHeader(const uint8_t* at, size_t size);
  size_t pcapRecord(const uint8_t* at, size_t size, Batch& batch);
  size_t block(const uint8_t* at, size_t size, Batch& batch);
  void sectionBlock(const uint8_t* at, size_t length);
  void interfaceBlock(const uint8_t* at, size_t length);
  void enhancedPacket(const uint8_t* at, size_t length, Batch& batch);
  void simplePacket(const uint8_t* at, size_t length, Batch& batch);
  void oldPacket(const uint8_t* at, size_t length, Batch& batch);
  void add(uint32_t interface, uint64_t time, const uint8_t* data, uint64_t room, uint32_t captured, uint32_t length,
           Batch& batch);
  int64_t nanoseconds(const Interface& interface, uint64_t time) const;

  /** So many bytes from here make the next step; more may be wanted then. */
  size_t wait(size_t bytes);
  uint16_t u16(const uint8_t* at) const;
  uint32_t u32(const uint8_t* at) const;
  [[noreturn]] void refuse(const std::string& reason) const;

  Format format_ = Format::kUnknown;
  bool isSwapped_ = false;
  uint64_t offset_ = 0;  // of the step that is being made
  size_t wanted_ = 0;
  uint64_t skip_ = 0;
  std::vector<uint8_t> begun_;  // a step of which more is wanted
  std::optional<FileMistake> mistake_;
  // pcap
  uint32_t linkType_ = 0;
  uint32_t nanosPerUnit_ = 1000;
  // pcapng
  std::vector<Interface> interfaces_;
  int64_t lastNs_ = 0;
};

}  // namespace skein::packets
