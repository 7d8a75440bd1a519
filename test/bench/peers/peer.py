"""Pixie's Python client on a stream: peer.py ADDRESS rows|json SCRIPT."""

import json
import sys

import grpc
import pxapi


def main():
    address, how, script = sys.argv[1:4]

    def channel(_):
        return grpc.aio.insecure_channel(
            address, options=[("grpc.max_receive_message_length", 1 << 30)])

    connection = pxapi.client.Conn("token", address, "cluster", use_encryption=False,
                                   channel_fn=channel)
    executor = connection.prepare_script(script)
    if how == "rows":
        executor.add_callback("output", lambda row: None)
        executor.run()
        return
    # A row's own text is JSON over several lines; a line each needs the way there and back.
    for row in executor.results("output"):
        print(json.dumps(json.loads(str(row))))


main()
