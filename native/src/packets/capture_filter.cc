#include "capture_filter.h"

#include <cstring>
#include <memory>
#include <mutex>

#include "failure.h"
#include "libpcap.h"

namespace skein::packets {
namespace {

/** PCAP_NETMASK_UNKNOWN */
constexpr uint32_t kNoNetmask = 0xffffffff;
/**
 * A number that libpcap's scanner refuses, and says so, when its parser asks for it. That the parser came so far tells
 * that all before was in order: libpcap itself never says where a mistake is.
 */
constexpr const char* kSentinel = "98765432109876543210";
/** Filters are typed; longer ones would only keep the calling thread. */
constexpr size_t kTextMax = 65536;

// Files number the few types that systems disagree on apart (https://www.tcpdump.org/linktypes.html); libpcap's
// compiler wants the number of this system.
int dataLinkOf(uint32_t linkType) {
  switch (linkType) {
    case 101: return 12;  // RAW
    case 100: return 11;  // ATM_RFC1483
    case 102: return 15;  // SLIP_BSDOS
    case 103: return 16;  // PPP_BSDOS
    case 106: return 19;  // ATM_CLIP
    default: return static_cast<int>(linkType);
  }
}

struct Attempt {
  Program program;
  std::string error;
};

Attempt attempt(const std::string& text, uint32_t linkType, uint32_t snapLength) {
  const Libpcap& library = libpcap();
  // The parser of libpcap before 1.8 keeps its state in globals.
  static std::mutex oneAtATime;
  const std::lock_guard lock(oneAtATime);
  const std::unique_ptr<void, void (*)(void*)> handle(
      library.openDead(dataLinkOf(linkType), static_cast<int>(snapLength)), library.close);
  if (!handle) throw Failure{ENOMEM, "compile a filter"};
  PcapProgram compiled{};
  if (library.compile(handle.get(), &compiled, text.c_str(), 1, kNoNetmask) != 0) {
    return {{}, library.error(handle.get())};
  }
  Attempt done{{compiled.instructions, compiled.instructions + compiled.length}, ""};
  library.freeCode(&compiled);
  return done;
}

bool isWord(char c) {
  return isalnum(static_cast<unsigned char>(c)) || strchr("_.:-\\", c) != nullptr;
}

struct Token {
  size_t from;
  size_t to;
};

// Coarser than libpcap's own scanner, never finer: an end of a token here is one there.
std::vector<Token> tokens(const std::string& text) {
  static const char* const kPairs[] = {"&&", "||", "<=", ">=", "==", "!=", "<<", ">>"};
  std::vector<Token> found;
  for (size_t at = 0; at < text.size();) {
    if (isspace(static_cast<unsigned char>(text[at]))) {
      at++;
      continue;
    }
    size_t end = at + 1;
    if (isWord(text[at])) {
      while (end < text.size() && isWord(text[end])) end++;
    } else {
      for (const char* pair : kPairs) {
        if (text.compare(at, 2, pair) == 0) end = at + 2;
      }
    }
    found.push_back({at, end});
    at = end;
  }
  return found;
}

// unknown host 'nosuch' and its like: the name is in the text.
std::optional<size_t> positionOfQuoted(const std::string& reason, const std::string& text) {
  const size_t open = reason.find('\'');
  const size_t close = open == std::string::npos ? open : reason.find('\'', open + 1);
  if (close == std::string::npos) return std::nullopt;
  const size_t at = text.find(reason.substr(open + 1, close - open - 1));
  return at == std::string::npos ? std::nullopt : std::optional(at);
}

std::optional<size_t> positionOf(const std::string& reason, const std::string& text, uint32_t linkType) {
  if (reason.compare(0, 8, "unknown ") == 0) return positionOfQuoted(reason, text);
  const auto isInOrder = [&](size_t end) {
    return attempt(text.substr(0, end) + " " + kSentinel, linkType, 256).error.find(kSentinel) != std::string::npos;
  };
  // libpcap before 1.10 takes any number.
  if (!isInOrder(0)) return std::nullopt;
  const std::vector<Token> all = tokens(text);
  size_t good = 0;  // so many tokens are in order
  for (size_t bad = all.size() + 1; bad - good > 1;) {
    const size_t middle = good + (bad - good) / 2;
    (isInOrder(all[middle - 1].to) ? good : bad) = middle;
  }
  if (good < all.size()) return all[good].from;
  // All is in order, but something is missing at the end; or what it asks for can never be.
  return reason.find("syntax") == std::string::npos ? std::nullopt : std::optional(text.size());
}

}  // namespace

Program compileFilter(const std::string& text, uint32_t linkType, uint32_t snapLength) {
  if (text.size() > kTextMax) throw FilterMistake{"is longer than " + std::to_string(kTextMax) + " bytes", std::nullopt};
  Attempt done = attempt(text, linkType, snapLength);
  if (done.error.empty()) return std::move(done.program);
  throw FilterMistake{done.error, positionOf(done.error, text, linkType)};
}

Filter::Filter(Program program) : program_(std::move(program)), run_(libpcap().filter) {
  if (program_.size() > BPF_MAXINSNS || !libpcap().validate(program_.data(), static_cast<int>(program_.size()))) {
    throw Failure{EINVAL, "filter packets by what is no BPF program"};
  }
}

}  // namespace skein::packets
