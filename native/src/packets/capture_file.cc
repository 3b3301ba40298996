#include "capture_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace skein::packets {
namespace {

/** MAXIMUM_SNAPLEN of libpcap: no longer packet was ever written. */
constexpr uint32_t kCapturedMax = 262144;
/** A block that is looked into, with its options. Others may have any length. */
constexpr uint32_t kBlockBytesMax = 1 << 20;
constexpr size_t kInterfacesMax = 65536;
constexpr size_t kPacketsAtOnce = 256;

constexpr size_t kPcapHeaderBytes = 24;
constexpr size_t kPcapRecordBytes = 16;
constexpr size_t kBlockHeadBytes = 8;   // type, length
constexpr size_t kBlockLeastBytes = 12;  // and the length again

constexpr uint32_t kMagicMicroseconds = 0xa1b2c3d4;
constexpr uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr uint8_t kGzip[2] = {0x1f, 0x8b};

enum BlockType : uint32_t {
  kInterfaceBlock = 1,
  kOldPacketBlock = 2,
  kSimplePacketBlock = 3,
  kEnhancedPacketBlock = 6,
  kSectionBlock = 0x0a0d0d0a,  // the same in either order
};
enum InterfaceOption : uint16_t { kEndOfOptions = 0, kResolution = 9, kTimeOffset = 14 };

template <typename Number>
Number load(const uint8_t* at) {
  Number number;
  memcpy(&number, at, sizeof number);
  return number;
}

// What some systems call 12 or 14 in their files is 101 in all others.
uint32_t linkTypeOf(uint32_t given) {
  const uint32_t type = given & 0xffff;  // above: length of the frame check sequence
  return type == 12 || type == 14 ? 101 : type;
}

size_t padded(size_t size) { return (size + 3) & ~size_t{3}; }

}  // namespace

/** Gathers packets; they are taken before what they lie in is gone. */
class CaptureFile::Batch {
 public:
  explicit Batch(const Take& take) : take_(take) {}
  void add(int64_t timestampNs, uint32_t linkType, const uint8_t* data, uint32_t captured, uint32_t length) {
    if (count_ == packets_.size()) flush();
    packets_[count_++] = {timestampNs, linkType, data, captured, length, true};
  }
  void flush() {
    if (count_ > 0) take_(packets_.data(), std::exchange(count_, 0));
  }

 private:
  const Take& take_;
  size_t count_ = 0;
  std::array<flow::Packet, kPacketsAtOnce> packets_;
};

void CaptureFile::read(const uint8_t* piece, size_t size, const Take& take) {
  if (mistake_) throw FileMistake(*mistake_);
  Batch batch(take);
  try {
    // First what was begun in the piece before; it wants its head before it knows how long it is.
    while (!begun_.empty() && size > 0) {
      const size_t more = std::min(size, wanted_ - begun_.size());
      begun_.insert(begun_.end(), piece, piece + more);
      piece += more;
      size -= more;
      if (begun_.size() < wanted_) return;
      const size_t done = readWhole(begun_.data(), begun_.size(), batch);
      batch.flush();
      begun_.erase(begun_.begin(), begun_.begin() + static_cast<ptrdiff_t>(done));
    }
    const size_t done = readWhole(piece, size, batch);
    batch.flush();
    begun_.insert(begun_.end(), piece + done, piece + size);
  } catch (const FileMistake& mistake) {
    batch.flush();
    mistake_ = mistake;
    throw;
  }
}

std::optional<std::string> CaptureFile::end() {
  std::optional<std::string> missing;
  if (!mistake_ && (!begun_.empty() || skip_ > 0)) {
    const uint64_t lacking = skip_ > 0 ? skip_ : wanted_ - begun_.size();
    missing = "it ends too early, at offset " + std::to_string(offset_ + begun_.size()) + ": at least " +
              std::to_string(lacking) + " more bytes belong to what was begun";
  }
  *this = CaptureFile();
  return missing;
}

size_t CaptureFile::readWhole(const uint8_t* at, size_t size, Batch& batch) {
  size_t done = 0;
  while (done < size) {
    const size_t stepped = step(at + done, size - done, batch);
    if (stepped == 0) break;
    done += stepped;
    offset_ += stepped;
  }
  return done;
}

size_t CaptureFile::step(const uint8_t* at, size_t size, Batch& batch) {
  if (format_ == Format::kPcap) return pcapRecord(at, size, batch);
  if (format_ == Format::kPcapng) return block(at, size, batch);
  return recognise(at, size, batch);
}

size_t CaptureFile::recognise(const uint8_t* at, size_t size, Batch& batch) {
  if (size < 4) return wait(4);
  const uint32_t magic = load<uint32_t>(at);
  if (magic == kSectionBlock) {
    format_ = Format::kPcapng;
    return block(at, size, batch);
  }
  for (const bool isSwapped : {false, true}) {
    const uint32_t seen = isSwapped ? __builtin_bswap32(magic) : magic;
    if (seen != kMagicMicroseconds && seen != kMagicNanoseconds) continue;
    isSwapped_ = isSwapped;
    nanosPerUnit_ = seen == kMagicNanoseconds ? 1 : 1000;
    return pcapHeader(at, size);
  }
  if (memcmp(at, kGzip, sizeof kGzip) == 0) refuse("it is packed (gzip): unpack it first");
  refuse("it begins neither as pcap nor as pcapng");
}

size_t CaptureFile::pcapHeader(const uint8_t* at, size_t size) {
  if (size < kPcapHeaderBytes) return wait(kPcapHeaderBytes);
  if (u16(at + 4) != 2) refuse("pcap of version " + std::to_string(u16(at + 4)) + ", not 2");
  linkType_ = linkTypeOf(u32(at + 20));
  format_ = Format::kPcap;
  return kPcapHeaderBytes;
}

size_t CaptureFile::pcapRecord(const uint8_t* at, size_t size, Batch& batch) {
  if (size < kPcapRecordBytes) return wait(kPcapRecordBytes);
  const uint32_t captured = u32(at + 8);
  if (captured > kCapturedMax) {
    refuse("a packet of " + std::to_string(captured) + " bytes, more than " + std::to_string(kCapturedMax));
  }
  if (size < kPcapRecordBytes + captured) return wait(kPcapRecordBytes + captured);
  const int64_t timestampNs = int64_t{u32(at)} * 1000000000 + int64_t{u32(at + 4)} * nanosPerUnit_;
  // A few writers leave the length out; what was captured was there.
  batch.add(timestampNs, linkType_, at + kPcapRecordBytes, captured, std::max(captured, u32(at + 12)));
  return kPcapRecordBytes + captured;
}

size_t CaptureFile::block(const uint8_t* at, size_t size, Batch& batch) {
  if (skip_ > 0) {
    const uint64_t skipped = std::min<uint64_t>(skip_, size);
    skip_ -= skipped;
    return skipped;
  }
  if (size < kBlockHeadBytes) return wait(kBlockHeadBytes);
  const uint32_t type = load<uint32_t>(at) == kSectionBlock ? uint32_t{kSectionBlock} : u32(at);
  if (type == kSectionBlock) {
    if (size < kBlockLeastBytes) return wait(kBlockLeastBytes);
    const uint32_t magic = load<uint32_t>(at + kBlockHeadBytes);
    if (magic != kByteOrderMagic && magic != __builtin_bswap32(kByteOrderMagic)) refuse("a section without byte order");
    isSwapped_ = magic != kByteOrderMagic;
  }
  const uint32_t length = u32(at + 4);
  if (length < kBlockLeastBytes || length % 4 != 0) refuse("a block of " + std::to_string(length) + " bytes");
  const bool isRead = type == kSectionBlock || type == kInterfaceBlock || type == kEnhancedPacketBlock ||
                      type == kSimplePacketBlock || type == kOldPacketBlock;
  if (!isRead) {
    if (size >= length) return length;
    skip_ = length - size;
    return size;
  }
  if (length > kBlockBytesMax) {
    refuse("a block of " + std::to_string(length) + " bytes, more than " + std::to_string(kBlockBytesMax));
  }
  if (size < length) return wait(length);
  if (u32(at + length - 4) != length) refuse("a block whose lengths differ");
  if (type == kSectionBlock) sectionBlock(at, length);
  if (type == kInterfaceBlock) interfaceBlock(at, length);
  if (type == kEnhancedPacketBlock) enhancedPacket(at, length, batch);
  if (type == kSimplePacketBlock) simplePacket(at, length, batch);
  if (type == kOldPacketBlock) oldPacket(at, length, batch);
  return length;
}

void CaptureFile::sectionBlock(const uint8_t* at, size_t length) {
  if (length < 28) refuse("a section of " + std::to_string(length) + " bytes");
  if (u16(at + 12) != 1) refuse("pcapng of version " + std::to_string(u16(at + 12)) + ", not 1");
  interfaces_.clear();
}

void CaptureFile::interfaceBlock(const uint8_t* at, size_t length) {
  if (length < 20) refuse("an interface of " + std::to_string(length) + " bytes");
  if (interfaces_.size() == kInterfacesMax) refuse("more than " + std::to_string(kInterfacesMax) + " interfaces");
  Interface found{linkTypeOf(u16(at + 8)), u32(at + 12), 6, 0};
  const uint8_t* const end = at + length - 4;
  for (const uint8_t* option = at + 16; end - option >= 4;) {
    const uint16_t code = u16(option);
    const size_t size = u16(option + 2);
    const uint8_t* const value = option + 4;
    if (code == kEndOfOptions) break;
    if (static_cast<size_t>(end - value) < size) refuse("an option that is longer than its block");
    if (code == kResolution && size == 1) found.resolution = *value;
    if (code == kTimeOffset && size == 8) {
      const uint64_t low = u32(value + (isSwapped_ ? 4 : 0));
      const uint64_t high = u32(value + (isSwapped_ ? 0 : 4));
      found.offsetS = static_cast<int64_t>(high << 32 | low);
    }
    if (static_cast<size_t>(end - value) < padded(size)) break;
    option = value + padded(size);
  }
  interfaces_.push_back(found);
}

void CaptureFile::enhancedPacket(const uint8_t* at, size_t length, Batch& batch) {
  if (length < 32) refuse("a packet block of " + std::to_string(length) + " bytes");
  const uint64_t time = uint64_t{u32(at + 12)} << 32 | u32(at + 16);
  add(u32(at + 8), time, at + 28, length - 32, u32(at + 20), u32(at + 24), batch);
}

// It has no time of its own: that of the packet before, which is the nearest that is known.
void CaptureFile::simplePacket(const uint8_t* at, size_t length, Batch& batch) {
  if (length < 16) refuse("a packet block of " + std::to_string(length) + " bytes");
  if (interfaces_.empty()) refuse("a packet of an interface that was not described");
  const Interface& interface = interfaces_.front();
  const uint32_t wire = u32(at + 8);
  uint64_t captured = std::min<uint64_t>(wire, length - 16);
  if (interface.snapLength != 0) captured = std::min<uint64_t>(captured, interface.snapLength);
  if (captured > kCapturedMax) refuse("a packet of " + std::to_string(captured) + " bytes");
  batch.add(lastNs_, interface.linkType, at + 12, static_cast<uint32_t>(captured), wire);
}

void CaptureFile::oldPacket(const uint8_t* at, size_t length, Batch& batch) {
  if (length < 32) refuse("a packet block of " + std::to_string(length) + " bytes");
  const uint64_t time = uint64_t{u32(at + 12)} << 32 | u32(at + 16);
  add(u16(at + 8), time, at + 28, length - 32, u32(at + 20), u32(at + 24), batch);
}

void CaptureFile::add(uint32_t interface, uint64_t time, const uint8_t* data, uint64_t room, uint32_t captured,
                      uint32_t length, Batch& batch) {
  if (interface >= interfaces_.size()) refuse("a packet of an interface that was not described");
  if (captured > room) refuse("a packet that is longer than its block");
  if (captured > kCapturedMax) {
    refuse("a packet of " + std::to_string(captured) + " bytes, more than " + std::to_string(kCapturedMax));
  }
  const Interface& its = interfaces_[interface];
  lastNs_ = nanoseconds(its, time);
  batch.add(lastNs_, its.linkType, data, captured, std::max(captured, length));
}

int64_t CaptureFile::nanoseconds(const Interface& interface, uint64_t time) const {
  static constexpr uint64_t kPowers[] = {1,         10,         100,         1000,         10000,
                                         100000,    1000000,    10000000,    100000000,    1000000000,
                                         10000000000};
  const unsigned exponent = interface.resolution & 0x7f;
  __int128 found = time;
  if ((interface.resolution & 0x80) != 0) {
    found = exponent < 64 ? found * 1000000000 >> exponent : __int128{0};
  } else if (exponent <= 9) {
    found *= kPowers[9 - exponent];
  } else {
    for (unsigned left = exponent - 9; left > 0 && found > 0; left -= std::min(left, 10u)) {
      found /= kPowers[std::min(left, 10u)];
    }
  }
  found += static_cast<__int128>(interface.offsetS) * 1000000000;
  // What no clock ever said stays a time.
  return static_cast<int64_t>(std::clamp<__int128>(found, 0, INT64_MAX));
}

size_t CaptureFile::wait(size_t bytes) {
  wanted_ = bytes;
  return 0;
}

uint16_t CaptureFile::u16(const uint8_t* at) const {
  const auto number = load<uint16_t>(at);
  return isSwapped_ ? __builtin_bswap16(number) : number;
}

uint32_t CaptureFile::u32(const uint8_t* at) const {
  const auto number = load<uint32_t>(at);
  return isSwapped_ ? __builtin_bswap32(number) : number;
}

void CaptureFile::refuse(const std::string& reason) const { throw FileMistake{reason, offset_}; }

}  // namespace skein::packets
