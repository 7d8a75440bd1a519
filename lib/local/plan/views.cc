#include "local/plan/views.h"

#include "local/plan/names.h"
#include "local/pxl/parser.h"

namespace pxq::local {
namespace {

// Names, parameters and columns are those of Pixie's module. Functions that only agents can run
// (ctx) come before the first groupby(), those that only Kelvin can run (px.ip_to_pod_id) after it.
constexpr std::string_view kText = R"pxl(
import px


def _named(df):
    df.pod = df.ctx['pod']
    df.service = df.ctx['service']
    df.namespace = df.ctx['namespace']
    df.node = df.ctx['node']
    return df


def _by_pod(df):
    df.pod_id = df.ctx['pod_id']
    return _named(df)


def _requests(start_time, end_time):
    df = px.DataFrame('http_events', start_time=start_time, end_time=end_time)
    df.failed = df.resp_status >= 400
    checks = df.req_path == '/healthz' or df.req_path == '/readyz'
    df = df[not checks]
    df = df[df.remote_addr != '-']
    return _by_pod(df)


def _requests_of(df, by):
    return df.groupby(by).agg(
        time_=('time_', px.max),
        latency_quantiles=('latency', px.quantiles),
        latency_sum=('latency', px.sum),
        num_requests=('latency', px.count),
        num_errors=('failed', px.sum),
        req_bytes=('req_body_size', px.sum),
        resp_bytes=('resp_body_size', px.sum))


def inbound_http_summary(start_time, end_time):
    df = _requests(start_time, end_time)
    df = df[df.trace_role == 2]
    df.requestor_ip = df.remote_addr
    df = _requests_of(df, ['pod_id', 'pod', 'service', 'namespace', 'node', 'requestor_ip'])
    requestor = px.ip_to_pod_id(df.requestor_ip)
    df.requestor_pod = px.pod_id_to_pod_name(requestor)
    df.requestor_service = px.pod_id_to_service_name(requestor)
    return df[['time_', 'pod_id', 'pod', 'service', 'namespace', 'node', 'requestor_ip',
               'requestor_pod', 'requestor_service', 'latency_quantiles', 'latency_sum',
               'num_requests', 'num_errors', 'req_bytes', 'resp_bytes']]


def http_graph(start_time, end_time):
    df = _requests(start_time, end_time)
    df = _requests_of(df, ['pod', 'service', 'namespace', 'node', 'remote_addr', 'trace_role'])
    df.ip = px.pod_name_to_pod_ip(df.pod)
    other = px.ip_to_pod_id(df.remote_addr)
    local = px.regex_match('127\\.0\\.0\\.[0-9]+', df.remote_addr)
    df.other_pod = px.select(local, 'localhost:' + df.pod, px.pod_id_to_pod_name(other))
    df.other_service = px.select(local, 'localhost:' + df.service,
                                 px.service_id_to_service_name(
                                     px.ip_to_service_id(df.remote_addr)))
    df.other_namespace = px.pod_id_to_namespace(other)
    df.other_node = px.pod_id_to_node_name(other)
    serves = df.trace_role == 2
    df.responder_pod = px.Pod(px.select(serves, df.pod, df.other_pod))
    df.requestor_pod = px.Pod(px.select(serves, df.other_pod, df.pod))
    df.responder_namespace = px.Namespace(px.select(serves, df.namespace, df.other_namespace))
    df.requestor_namespace = px.Namespace(px.select(serves, df.other_namespace, df.namespace))
    df.responder_node = px.Node(px.select(serves, df.node, df.other_node))
    df.requestor_node = px.Node(px.select(serves, df.other_node, df.node))
    df.responder_ip = px.select(serves, df.ip, df.remote_addr)
    df.requestor_ip = px.select(serves, df.remote_addr, df.ip)
    df.responder_service = px.Service(px.select(serves, df.service, df.other_service))
    df.requestor_service = px.Service(px.select(serves, df.other_service, df.service))
    df.latency_p50 = px.DurationNanos(px.floor(px.pluck_float64(df.latency_quantiles, 'p50')))
    df.latency_p90 = px.DurationNanos(px.floor(px.pluck_float64(df.latency_quantiles, 'p90')))
    df.latency_p99 = px.DurationNanos(px.floor(px.pluck_float64(df.latency_quantiles, 'p99')))
    df = df.groupby(['responder_pod', 'requestor_pod', 'responder_namespace',
                     'requestor_namespace', 'responder_node', 'requestor_node', 'responder_ip',
                     'requestor_ip', 'responder_service', 'requestor_service']).agg(
        time_=('time_', px.max),
        latency_p50=('latency_p50', px.mean),
        latency_p90=('latency_p90', px.mean),
        latency_p99=('latency_p99', px.mean),
        latency_quantiles=('latency_quantiles', px.any),
        latency_sum=('latency_sum', px.sum),
        num_requests=('num_requests', px.sum),
        num_errors=('num_errors', px.sum),
        req_bytes=('req_bytes', px.sum),
        resp_bytes=('resp_bytes', px.sum))
    return df[['time_', 'responder_pod', 'requestor_pod', 'responder_namespace',
               'requestor_namespace', 'responder_node', 'requestor_node', 'responder_ip',
               'requestor_ip', 'responder_service', 'requestor_service', 'latency_p50',
               'latency_p90', 'latency_p99', 'latency_quantiles', 'latency_sum', 'num_requests',
               'num_errors', 'req_bytes', 'resp_bytes']]


def _http_series(start_time, end_time, window_ns, by):
    df = _requests(start_time, end_time)
    df = df[df.trace_role == 2]
    df.container = df.ctx['container']
    df.time_ = px.bin(df.time_, window_ns)
    return df.groupby(by).agg(
        latency_quantiles=('latency', px.quantiles),
        num_requests=('latency', px.count),
        num_errors=('failed', px.sum),
        latency_sum=('latency', px.sum),
        req_bytes=('req_body_size', px.sum),
        resp_bytes=('resp_body_size', px.sum))


def inbound_http_throughput_timeseries(start_time, end_time, window_ns):
    df = _http_series(start_time, end_time, window_ns,
                      ['time_', 'pod_id', 'pod', 'service', 'namespace', 'node', 'container'])
    return df[['time_', 'pod_id', 'pod', 'service', 'namespace', 'node', 'container',
               'num_requests', 'num_errors']]


def inbound_http_latency_timeseries(start_time, end_time, window_ns):
    df = _http_series(start_time, end_time, window_ns,
                      ['time_', 'pod_id', 'pod', 'service', 'namespace', 'node'])
    return df[['time_', 'pod_id', 'pod', 'service', 'namespace', 'node', 'latency_quantiles',
               'num_requests', 'num_errors', 'latency_sum', 'req_bytes', 'resp_bytes']]


def _processes(start_time, end_time):
    df = _by_pod(px.DataFrame('process_stats', start_time=start_time, end_time=end_time))
    df.container = df.ctx['container']
    return df


def _used(df, by):
    # Counters only grow, so what a process used is its last value less its first.
    df = df.groupby(by).agg(
        first=('time_', px.min),
        last=('time_', px.max),
        rss=('rss_bytes', px.mean),
        vsize=('vsize_bytes', px.mean),
        utime_to=('cpu_utime_ns', px.max), utime_from=('cpu_utime_ns', px.min),
        ktime_to=('cpu_ktime_ns', px.max), ktime_from=('cpu_ktime_ns', px.min),
        read_to=('read_bytes', px.max), read_from=('read_bytes', px.min),
        write_to=('write_bytes', px.max), write_from=('write_bytes', px.min),
        rchar_to=('rchar_bytes', px.max), rchar_from=('rchar_bytes', px.min),
        wchar_to=('wchar_bytes', px.max), wchar_from=('wchar_bytes', px.min))
    df.span = px.DurationNanos(df.last - df.first)
    df.cpu = (df.utime_to - df.utime_from) + (df.ktime_to - df.ktime_from)
    df.read = df.read_to - df.read_from
    df.write = df.write_to - df.write_from
    df.rchar = df.rchar_to - df.rchar_from
    df.wchar = df.wchar_to - df.wchar_from
    return df


def _summed(df, by):
    return df.groupby(by).agg(
        last=('last', px.max),
        longest=('span', px.max),
        cpu=('cpu', px.sum),
        read=('read', px.sum), write=('write', px.sum),
        rchar=('rchar', px.sum), wchar=('wchar', px.sum),
        rss=('rss', px.sum), vsize=('vsize', px.sum))


def _rates(df, window):
    df.cpu_usage = px.Percent(df.cpu / window)
    df.actual_disk_read_throughput = df.read / window
    df.actual_disk_write_throughput = df.write / window
    df.total_disk_read_throughput = df.rchar / window
    df.total_disk_write_throughput = df.wchar / window
    return df


def _longest(df):
    # A process seen once used nothing; dividing that by zero would be no number.
    df.window = px.DurationNanos(px.select(df.longest > 0, df.longest, 1))
    return df


def _container_columns(df):
    return df[['time_', 'pod_id', 'container', 'pod', 'service', 'namespace', 'node', 'cpu_usage',
               'actual_disk_read_throughput', 'actual_disk_write_throughput',
               'total_disk_read_throughput', 'total_disk_write_throughput', 'rss', 'vsize']]


def container_process_timeseries(start_time, end_time, window_ns):
    df = _processes(start_time, end_time)
    df.timestamp = px.bin(df.time_, window_ns)
    df = _used(df, ['upid', 'timestamp', 'pod_id', 'container', 'pod', 'service', 'namespace',
                    'node'])
    df = _summed(df, ['timestamp', 'pod_id', 'container', 'pod', 'service', 'namespace', 'node'])
    df = _rates(df, window_ns)
    df.time_ = df.timestamp
    return _container_columns(df)


def container_process_summary(start_time, end_time):
    df = _processes(start_time, end_time)
    df = _used(df, ['upid', 'pod_id', 'container', 'pod', 'service', 'namespace', 'node'])
    df = _summed(df, ['pod_id', 'container', 'pod', 'service', 'namespace', 'node'])
    df = _longest(df)
    df = _rates(df, df.window)
    df.time_ = df.last
    return _container_columns(df)


def pod_resource_stats(start_time, end_time):
    df = _processes(start_time, end_time)
    containers = df.groupby(['pod_id', 'container']).agg()
    containers = containers.groupby('pod_id').agg(container_count=('container', px.count))
    df = _used(df, ['upid', 'pod_id', 'pod', 'service', 'node', 'namespace'])
    df = _summed(df, ['pod_id', 'pod', 'service', 'node', 'namespace'])
    df = _longest(df)
    df = _rates(df, df.window)
    df = df.merge(containers, how='inner', left_on='pod_id', right_on='pod_id',
                  suffixes=['', '_of_count'])
    df.time_ = df.last
    df.pod_start_time = px.pod_name_to_start_time(df.pod)
    df.pod_status = px.pod_name_to_status(df.pod)
    return df[['time_', 'pod_id', 'pod', 'service', 'node', 'namespace', 'container_count',
               'pod_start_time', 'pod_status', 'cpu_usage', 'rss', 'vsize',
               'actual_disk_read_throughput', 'actual_disk_write_throughput',
               'total_disk_read_throughput', 'total_disk_write_throughput']]


def _network(start_time, end_time):
    return _named(px.DataFrame('network_stats', start_time=start_time, end_time=end_time))


def _network_used(df, by):
    df = df.groupby(by).agg(
        first=('time_', px.min),
        last=('time_', px.max),
        rx_bytes_to=('rx_bytes', px.max), rx_bytes_from=('rx_bytes', px.min),
        tx_bytes_to=('tx_bytes', px.max), tx_bytes_from=('tx_bytes', px.min),
        rx_drops_to=('rx_drops', px.max), rx_drops_from=('rx_drops', px.min),
        tx_drops_to=('tx_drops', px.max), tx_drops_from=('tx_drops', px.min),
        rx_errors_to=('rx_errors', px.max), rx_errors_from=('rx_errors', px.min),
        tx_errors_to=('tx_errors', px.max), tx_errors_from=('tx_errors', px.min))
    df.longest = px.DurationNanos(df.last - df.first)
    return df


def _network_rates(df, window):
    df.rx_bytes_per_ns = (df.rx_bytes_to - df.rx_bytes_from) / window
    df.tx_bytes_per_ns = (df.tx_bytes_to - df.tx_bytes_from) / window
    df.rx_drops_per_ns = (df.rx_drops_to - df.rx_drops_from) / window
    df.tx_drops_per_ns = (df.tx_drops_to - df.tx_drops_from) / window
    df.rx_errors_per_ns = (df.rx_errors_to - df.rx_errors_from) / window
    df.tx_errors_per_ns = (df.tx_errors_to - df.tx_errors_from) / window
    return df[['time_', 'pod_id', 'pod', 'service', 'namespace', 'node', 'rx_bytes_per_ns',
               'tx_bytes_per_ns', 'rx_drops_per_ns', 'tx_drops_per_ns', 'rx_errors_per_ns',
               'tx_errors_per_ns']]


def pod_network_timeseries(start_time, end_time, window_ns):
    df = _network(start_time, end_time)
    df.timestamp = px.bin(df.time_, window_ns)
    df = _network_used(df, ['timestamp', 'pod_id', 'pod', 'service', 'namespace', 'node'])
    df.time_ = df.timestamp
    return _network_rates(df, window_ns)


def pod_network_summary(start_time, end_time):
    df = _network(start_time, end_time)
    df = _network_used(df, ['pod_id', 'pod', 'service', 'namespace', 'node'])
    df = _longest(df)
    df.time_ = df.last
    return _network_rates(df, df.window)


def stacktraces(start_time, end_time):
    df = px.DataFrame('stack_traces.beta', start_time=start_time, end_time=end_time)
    df = _named(df)
    df.container = df.ctx['container']
    df.cmdline = df.ctx['cmdline']
    df.node_num_cpus = px._exec_host_num_cpus()
    df = df.groupby(['namespace', 'node', 'service', 'pod', 'container', 'cmdline',
                     'stack_trace_id']).agg(
        stack_trace=('stack_trace', px.any),
        time_=('time_', px.max),
        count=('count', px.sum),
        node_num_cpus=('node_num_cpus', px.any))
    return df[['namespace', 'node', 'service', 'pod', 'container', 'cmdline', 'stack_trace',
               'time_', 'stack_trace_id', 'count', 'node_num_cpus']]


def connection_throughput_stats(start_time, end_time):
    df = _by_pod(px.DataFrame('conn_stats', start_time=start_time, end_time=end_time))
    df = df.groupby(['upid', 'remote_addr', 'trace_role', 'node', 'pod_id', 'pod', 'namespace',
                     'service']).agg(
        first=('time_', px.min),
        last=('time_', px.max),
        recv_to=('bytes_recv', px.max), recv_from=('bytes_recv', px.min),
        sent_to=('bytes_sent', px.max), sent_from=('bytes_sent', px.min))
    df.span = px.DurationNanos(df.last - df.first)
    df.recv = df.recv_to - df.recv_from
    df.sent = df.sent_to - df.sent_from
    df = df.groupby(['remote_addr', 'node', 'pod_id', 'pod', 'namespace', 'service']).agg(
        time_=('last', px.max),
        longest=('span', px.max),
        recv=('recv', px.sum),
        sent=('sent', px.sum))
    df = _longest(df)
    df.inbound_conn_throughput = df.recv / df.window
    df.outbound_conn_throughput = df.sent / df.window
    return df[['time_', 'remote_addr', 'node', 'pod_id', 'pod', 'namespace', 'service',
               'inbound_conn_throughput', 'outbound_conn_throughput']]


def processes(start_time, end_time):
    df = _by_pod(px.DataFrame('process_stats', start_time=start_time, end_time=end_time))
    df.container_name = df.ctx['container']
    df.container_id = df.ctx['container_id']
    df.cmdline = df.ctx['cmdline']
    df.pid = px.upid_to_pid(df.upid)
    df = df.groupby(['service', 'namespace', 'node', 'upid', 'pod_id', 'pod', 'container_name',
                     'container_id', 'cmdline', 'pid']).agg(time_=('time_', px.max))
    df.container_status = px.container_id_to_status(df.container_id)
    return df[['time_', 'service', 'namespace', 'node', 'upid', 'pod_id', 'pod', 'container_name',
               'container_id', 'cmdline', 'pid', 'container_status']]
)pxl";

}  // namespace

std::vector<std::string> view_names() {
  std::vector<std::string> names;
  for (const pxl::NodePtr& node : views_module().body->as<pxl::Suite>()->statements) {
    const auto* function = node->as<pxl::FunctionDef>();
    if (function == nullptr || function->name.id.starts_with("_")) continue;
    names.push_back(function->name.id);
  }
  return names;
}

const pxl::Module& views_module() {
  static const pxl::ParseResult kParsed = pxl::parse(kText);
  return *kParsed.module;
}

}  // namespace pxq::local
