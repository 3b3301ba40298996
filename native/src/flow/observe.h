/** What was added to a conversation, as an observation at the end of a buffer. */
#pragma once

#include <cstdint>
#include <vector>

#include "flow/conversation.h"

namespace skein::flow {

/** Afterwards nothing is added: counters begin anew, facts stay. */
void observe(uint32_t source, Conversation& conversation, ConversationFacts& facts, std::vector<uint8_t>& out);

}  // namespace skein::flow
