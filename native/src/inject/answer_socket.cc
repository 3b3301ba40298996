#include "inject/answer_socket.h"

#include "packets/packet_options.h"

namespace skein::inject {
namespace {

/** openAnswers(options): Promise<AnswerSocket> */
Napi::Value open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Napi::Object given = objectArgument(info, 0, "options");
  if (given.Get("filter").IsUndefined()) throw Napi::TypeError::New(env, "filter is missing");
  return Addon::of(env).mailbox->inNetns<Fd>(
      env, textIn(given, "netns"),
      [options = packets::portOptionsIn(given)] { return openAnswers(options); },
      [](Napi::Env then, Fd fd) { return AnswerSocket::wrap(then, std::move(fd)); });
}

}  // namespace

void exportAnswers(Napi::Env env, Napi::Object exports) {
  Addon::of(env).answerSocket = Napi::Persistent(AnswerSocket::define(env));
  exports.Set("openAnswers", Napi::Function::New<open>(env, "openAnswers"));
}

Napi::Function AnswerSocket::define(Napi::Env env) {
  return DefineClass(env, "AnswerSocket",
                     {InstanceMethod<&AnswerSocket::onAnswers>("onAnswers"),
                      InstanceMethod<&AnswerSocket::close>("close")});
}

Napi::Value AnswerSocket::wrap(Napi::Env env, Fd fd) {
  auto port = std::make_shared<AnswerPort>(std::move(fd));
  return Addon::of(env).answerSocket.New({Napi::External<std::shared_ptr<AnswerPort>>::New(env, &port)});
}

void AnswerSocket::tell(Napi::Env env, const Napi::FunctionReference& listener, const Batch& batch) {
  listener.Call({Napi::Buffer<uint8_t>::Copy(env, batch.data(), batch.size())});
}

}  // namespace skein::inject
