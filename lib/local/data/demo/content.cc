#include "local/data/demo/content.h"

#include <fmt/format.h>

#include <array>

#include "local/data/demo/dice.h"

namespace pxq::local::demo {
namespace {

constexpr auto kWords = std::to_array<std::string_view>(
    {"kettle", "lamp", "chair", "teapot", "rug", "mirror", "vase", "clock", "shelf", "blanket"});
constexpr auto kColours =
    std::to_array<std::string_view>({"red", "blue", "green", "white", "black", "grey"});

std::string product_name(uint64_t product) {
  return fmt::format("{} {}", kColours[product % kColours.size()],
                     kWords[product / 7 % kWords.size()]);
}

std::string product_json(uint64_t product) {
  return fmt::format(R"({{"id":"{}","name":"{}","price":{}.{:02}}})", product,
                     product_name(product), 5 + product % 90, product * 7 % 100);
}

std::string products_json(uint64_t first, size_t count) {
  std::string json = "[";
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) json += ',';
    json += product_json(100 + (first + i * 13) % 400);
  }
  return json + ']';
}

std::string page(std::string_view title, std::string_view inside) {
  return fmt::format("<html><head><title>{}</title></head><body>{}</body></html>", title, inside);
}

std::string item_json(const Deal& deal) {
  return fmt::format(R"({{"product":"{}","quantity":{}}})", deal.product, deal.quantity);
}

std::string card_json(const Deal& deal) {
  return fmt::format(
      R"({{"user":"user-{0}","card":"4111 1111 1111 1111","email":"user{0}@shop.example.com",)"
      R"("amount":{1}}})",
      deal.user, deal.quantity * (5 + deal.product % 90));
}

HttpContent of_page(Op op, const Deal& deal) {
  HttpContent content{.method = "GET", .type = "text/html"};
  switch (op) {
    case Op::kHomePage:
      content.path = "/";
      content.response = page("The shop", products_json(deal.product, 12));
      break;
    case Op::kProductPage:
      content.path = fmt::format("/product/{}", deal.product);
      content.response = page(product_name(deal.product), product_json(deal.product));
      break;
    case Op::kAddPage:
      content.method = "POST";
      content.path = "/cart";
      content.request = item_json(deal);
      content.status = 303;
      content.message = "See Other";
      break;
    case Op::kSearchPage:
      content.path = fmt::format("/search?q={}", deal.word);
      content.response = page("Found", products_json(deal.product, 5));
      break;
    default:
      content.method = "POST";
      content.path = "/checkout";
      content.request = card_json(deal);
      content.response = page("Thank you", "We are on our way.");
  }
  return content;
}

HttpContent of_service(Op op, const Deal& deal) {
  HttpContent content{.method = "GET"};
  switch (op) {
    case Op::kListProducts:
      content.path = fmt::format("/products?page={}", deal.product % 9);
      content.response = products_json(deal.product, 12);
      break;
    case Op::kGetProduct:
      content.path = fmt::format("/products/{}", deal.product);
      content.response = product_json(deal.product);
      break;
    case Op::kGetCart:
      content.path = fmt::format("/cart/user-{}", deal.user);
      content.response = '[' + item_json(deal) + ']';
      break;
    case Op::kAddToCart:
      content.method = "POST";
      content.path = fmt::format("/cart/user-{}/items", deal.user);
      content.request = item_json(deal);
      content.status = 201;
      content.message = "Created";
      break;
    case Op::kFindProducts:
      content.path = fmt::format("/api/search?q={}", deal.word);
      content.response = products_json(deal.product, 5);
      break;
    case Op::kBuy:
    case Op::kCharge:
    case Op::kPlaceOrder:
      content.method = "POST";
      content.path = op == Op::kCharge ? "/charge" : op == Op::kBuy ? "/checkout" : "/orders";
      content.request = op == Op::kPlaceOrder ? item_json(deal) : card_json(deal);
      content.response = R"({"status":"accepted"})";
      break;
    case Op::kCapture:
      content.method = "POST";
      content.path = "/v1/charges";
      content.request = card_json(deal);
      content.response = fmt::format(R"({{"id":"ch_{:08x}","status":"succeeded"}})", deal.order);
      break;
    case Op::kSuggest:
      content.method = "POST";
      content.path = "/shop.Recommend/ForUser";
      content.request = fmt::format("1: \"user-{}\"\n2: 5", deal.user);
      content.response = fmt::format("1: \"{}\"\n1: \"{}\"", deal.product, deal.product + 13);
      content.type = "application/grpc";
      break;
    default:
      content.path = "/healthz";
      content.response = "ok";
      content.type = "text/plain";
  }
  return content;
}

void make_failed(Op op, HttpContent& content) {
  switch (op) {
    case Op::kGetProduct:
    case Op::kProductPage:
      content.status = 404;
      content.message = "Not Found";
      content.response = R"({"error":"no such product"})";
      return;
    case Op::kCharge:
      content.status = 503;
      content.message = "Service Unavailable";
      content.response = R"({"error":"payment provider: too many requests"})";
      return;
    case Op::kCapture:
      content.status = 429;
      content.message = "Too Many Requests";
      content.response = R"({"error":{"type":"rate_limit"}})";
      return;
    case Op::kBuy:
      content.status = 502;
      content.message = "Bad Gateway";
      content.response = R"({"error":"charge failed"})";
      return;
    default:
      content.status = 500;
      content.message = "Internal Server Error";
      content.response = page("Sorry", "Your order did not go through.");
  }
}

bool is_page(Op op) { return op <= Op::kCheckoutPage; }

Exchange of_sql(Op op, const Deal& deal) {
  switch (op) {
    case Op::kSelectList:
      return {"Query",
              fmt::format("SELECT id, name, price FROM products ORDER BY id LIMIT 12 OFFSET {}",
                          deal.product % 9 * 12),
              "id,name,price\n" + products_json(deal.product, 3)};
    case Op::kSelectProduct:
      return {"Query",
              fmt::format("SELECT id, name, price FROM products WHERE id = {}", deal.product),
              fmt::format("id,name,price\n{},{}", deal.product, product_name(deal.product))};
    case Op::kSelectReview:
      return {"Query",
              fmt::format("SELECT author, stars, body FROM reviews WHERE id = {}",
                          deal.product * 6 + deal.order % 6),
              "author,stars,body\nsomebody,4,good"};
    case Op::kSelectLike:
      return {"Query",
              fmt::format("SELECT id, name, price FROM products WHERE name LIKE '%{}%'", deal.word),
              "id,name,price\n" + products_json(deal.product, 2)};
    case Op::kInsertOrder:
      return {"",
              fmt::format("INSERT INTO orders (id, user_name) VALUES ({}, 'user-{}')", deal.order,
                          deal.user),
              ""};
    default:
      return {"",
              fmt::format("query=[INSERT INTO items (order_id, product, quantity) VALUES (?, ?, "
                          "?)] params=[{}, {}, {}]",
                          deal.order, deal.product, deal.quantity),
              ""};
  }
}

Exchange of_store(Op op, const Deal& deal) {
  switch (op) {
    case Op::kRedisGet:
      return {"GET", fmt::format(R"({{"key":"cart:user-{}"}})", deal.user), item_json(deal)};
    case Op::kRedisSet:
      return {"HSET",
              fmt::format(R"({{"key":"cart:user-{}","field values":[{{"{}":"{}"}}]}})", deal.user,
                          deal.product, deal.quantity),
              "1"};
    case Op::kRedisExpire:
      return {"EXPIRE", fmt::format(R"({{"key":"cart:user-{}","seconds":3600}})", deal.user), "1"};
    case Op::kRedisAll:
      return {"HGETALL", fmt::format(R"({{"key":"cart:user-{}"}})", deal.user), item_json(deal)};
    case Op::kCqlSelect:
      return {
          "",
          fmt::format("SELECT product FROM seen WHERE user_name = 'user-{}' LIMIT 20", deal.user),
          "Response type = ROWS\nNumber of columns = 1\n[\"product\"]\nNumber of rows = 5"};
    case Op::kMongoFind:
      return {"find",
              fmt::format(R"({{"find":"prices","filter":{{"product":"{}"}},"$db":"shop"}})",
                          deal.product),
              fmt::format(R"({{"cursor":{{"firstBatch":[{}],"id":0,"ns":"shop.prices"}},"ok":1}})",
                          product_json(deal.product))};
    default: return {};
  }
}

Exchange of_kafka(Op op, const Deal& deal) {
  const uint64_t partition = deal.order % 3;
  const uint64_t offset = deal.order / 3;
  const uint64_t size = 180 + deal.product % 60;
  if (op == Op::kProduce) {
    return {
        "orders",
        fmt::format(R"({{"transactional_id":"","acks":1,"timeout_ms":30000,"topics":[{{"name":)"
                    R"("orders","partitions":[{{"index":{},"message_set":{{"size":{}}}}}]}}]}})",
                    partition, size),
        fmt::format(
            R"({{"topics":[{{"name":"orders","partitions":[{{"index":{},"error_code":)"
            R"("kNone","base_offset":{},"log_append_time_ms":-1,"log_start_offset":0}}]}}],)"
            R"("throttle_time_ms":0}})",
            partition, offset)};
  }
  return {
      "shipping",
      fmt::format(
          R"({{"replica_id":-1,"session_id":7,"session_epoch":1,"topics":[{{"name":"orders",)"
          R"("partitions":[{{"index":{},"current_leader_epoch":3,"fetch_offset":{},)"
          R"("last_fetched_epoch":-1,"log_start_offset":-1,"partition_max_bytes":1048576}}]}}],)"
          R"("forgotten_topics":[],"rack_id":""}})",
          partition, offset),
      fmt::format(
          R"({{"throttle_time_ms":0,"error_code":"kNone","session_id":7,"topics":[{{"name":)"
          R"("orders","partitions":[{{"index":{},"error_code":"kNone","high_watermark":{},)"
          R"("message_set":{{"size":{}}}}}]}}]}})",
          partition, offset + 1, size)};
}

Exchange of_queue(Op op, const Deal& deal) {
  const std::string order =
      fmt::format(R"({{"order":{},"user":"user-{}"}})", deal.order, deal.user);
  switch (op) {
    case Op::kPublish:
      return {"", R"({"exchange":"shipments","routing_key":"parcel","mandatory":0})", ""};
    case Op::kContentHeader:
      return {"",
              fmt::format(R"({{"body_size":{},"property_flags":36864,"content_type":)"
                          R"("application/json"}})",
                          order.size()),
              ""};
    case Op::kDeliver:
      return {"", "",
              R"({"consumer_tag":"notify-1","delivery_tag":1,"exchange":"shipments",)"
              R"("routing_key":"parcel"})"};
    case Op::kNatsPublish:
      return {"PUB", fmt::format(R"({{"subject":"mail.sent","payload":{}}})", order), "+OK"};
    default:
      return {"MSG", fmt::format(R"({{"subject":"mail.sent","sid":"1","payload":{}}})", order), ""};
  }
}

Exchange of_names(Op op, std::string_view service_ip) {
  const std::string_view name = op == Op::kResolve           ? "catalog.shop.svc.cluster.local"
                                : op == Op::kResolveProvider ? "api.payments.example.com"
                                                             : "tax.legacy.internal";
  const std::string answer =
      op == Op::kResolveGone
          ? ""
          : fmt::format(R"({{"name":"{}","type":"A","addr":"{}"}})", name, service_ip);
  return {"", fmt::format(R"({{"queries":[{{"name":"{}","type":"A"}}]}})", name),
          fmt::format(R"({{"answers":[{}]}})", answer)};
}

}  // namespace

Deal deal_of(uint64_t seed, uint64_t visit, uint64_t order) {
  const uint64_t thrown = dice(seed, 50, visit % kRound);
  return {.user = 1000 + thrown % 400,
          .product = 100 + dice(thrown, 1) % 400,
          .quantity = 1 + dice(thrown, 2) % 4,
          .order = order,
          .word = kWords[dice(thrown, 3) % kWords.size()]};
}

HttpContent http_content(Op op, const Deal& deal, bool failed) {
  HttpContent content = is_page(op) ? of_page(op, deal) : of_service(op, deal);
  if (failed) make_failed(op, content);
  return content;
}

Exchange exchange(Op op, const Deal& deal, std::string_view service_ip) {
  if (op <= Op::kInsertItem) return of_sql(op, deal);
  if (op <= Op::kMongoFind) return of_store(op, deal);
  if (op == Op::kMuxPrice) return {};
  if (op <= Op::kFetch) return of_kafka(op, deal);
  if (op <= Op::kNatsMessage) return of_queue(op, deal);
  if (op <= Op::kResolveGone) return of_names(op, service_ip);
  return {"",
          R"({"version":"tls1.3","extensions":{"server_name":"[\"api.payments.example.com\"]"}})",
          R"({"version":"tls1.3","cipher":"TLS_AES_128_GCM_SHA256"})"};
}

WireBytes wire_bytes(const Step& step, const Deal& deal) {
  if (step.protocol == Protocol::kHttp || step.protocol == Protocol::kGrpc) {
    // What the headers of either side come to.
    const HttpContent content = http_content(step.op, deal, false);
    return {static_cast<int64_t>(160 + content.path.size() + content.request.size()),
            static_cast<int64_t>(150 + content.response.size())};
  }
  const Exchange both = exchange(step.op, deal, "10.96.1.13");
  return {static_cast<int64_t>(24 + both.request.size()),
          static_cast<int64_t>(24 + both.response.size())};
}

}  // namespace pxq::local::demo
