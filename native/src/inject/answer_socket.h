/** AnswerSocket of src/native/injection.ts. */
#pragma once

#include "inject/answer_port.h"
#include "port_socket.h"

namespace skein::inject {

void exportAnswers(Napi::Env env, Napi::Object exports);

class AnswerSocket : public PortSocket<AnswerSocket, AnswerPort> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, Fd fd);

  explicit AnswerSocket(const Napi::CallbackInfo& info) : PortSocket(info, "answer sockets are made by openAnswers()") {}

 private:
  void onAnswers(const Napi::CallbackInfo& info) { listen(info); }
  void close(const Napi::CallbackInfo&) { closePort(); }
  void tell(Napi::Env env, const Napi::FunctionReference& listener, const Batch& batch) override;
};

}  // namespace skein::inject
