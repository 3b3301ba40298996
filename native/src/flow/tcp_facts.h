/** What TCP packets tell beside being counted: times of SYN, FIN and RST, round trips, segments sent again or before their turn. */
#pragma once

#include "flow/conversation.h"

namespace skein::flow {

void noteTcp(Conversation& conversation, ConversationFacts& facts, const Level& level);

/** The connection is over: another SYN begins the next one. */
bool isTcpOver(const Conversation& conversation, const ConversationFacts& facts);

/** Request and answer: the first pair gives the round trip. */
void noteEcho(ConversationFacts& facts, const Level& level);

enum TcpFlag : uint8_t { kTcpFin = 1, kTcpSyn = 2, kTcpRst = 4, kTcpAck = 16 };

}  // namespace skein::flow
