"""A store that speaks S3 (moto) behind a door that disturbs what tests ask it to disturb.

Usage: object_store.py DIRECTORY. Writes the door's port, a user's keys and those of one who may
nothing into DIRECTORY, prints `ready`, and serves until it is ended. The store checks signatures
and permissions. For moto every upload began in 2010, so the door keeps when that was. What a test
asks of the door itself has a path that begins with /_door/.
"""

import http.client
import http.server
import json
import os
import re
import select
import shutil
import socket
import sys
import threading
import time
import urllib.parse

UNCHECKED = 6  # actions that make the users and the bucket
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = str(UNCHECKED)

import boto3  # noqa: E402: reads the variable when it is imported
from moto.server import ThreadedMotoServer  # noqa: E402

BUCKET = "rows"
REGION = "us-east-1"


class Door:
    """What disturbs requests, and what has come."""

    def __init__(self, directory):
        self.directory = directory
        self.changed = threading.Condition()
        self.rules = []
        self.log = []
        self.released = threading.Event()
        self.begun = {}  # by upload id
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        self.port = server.get_host_and_port()[1]
        self.make_users()

    def client(self, service, access="none", secret="none"):
        return boto3.client(service, endpoint_url=f"http://127.0.0.1:{self.port}",
                            region_name=REGION, aws_access_key_id=access,
                            aws_secret_access_key=secret)

    def make_users(self):
        iam = self.client("iam")
        statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        iam.create_user(UserName="user")
        iam.put_user_policy(UserName="user", PolicyName="all", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": statement}))
        keys = [iam.create_access_key(UserName="user")["AccessKey"]]
        iam.create_user(UserName="stranger")
        keys.append(iam.create_access_key(UserName="stranger")["AccessKey"])
        self.client("s3").create_bucket(Bucket=BUCKET)
        self.s3 = self.client("s3", keys[0]["AccessKeyId"], keys[0]["SecretAccessKey"])
        for name, key in zip(("user", "stranger"), keys):
            self.write(name, key["AccessKeyId"] + "\n" + key["SecretAccessKey"])

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
            file.write(text)

    def rule_for(self, request):
        """The first rule that the request meets, used up by one."""
        with self.changed:
            self.log.append(request)
            found = None
            for rule in self.rules:
                if rule["times"] > 0 and re.search(rule["match"], request):
                    if rule.get("skip", 0) > 0:
                        rule["skip"] -= 1
                        continue
                    rule["times"] -= 1
                    found = rule
                    break
            if found:
                found["met"] = True
            self.changed.notify_all()
            return found

    def objects(self):
        return [one["Key"] for page in self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET) for one in page.get("Contents", [])]

    def uploads(self):
        return self.s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])

    def answer(self, path, query, body):
        """What a test asks for."""
        if path == "rules":
            with self.changed:
                self.rules = json.loads(body)
                self.log = []
                self.released.clear()
            return {}
        if path == "met":  # waits until each rule has met a request
            with self.changed:
                return {"met": self.changed.wait_for(
                    lambda: all(rule.get("met") for rule in self.rules), timeout=30)}
        if path == "log":
            return self.log
        if path == "release":
            self.released.set()
            return {}
        if path == "uploads":
            return [one["Key"] for one in self.uploads()]
        if path == "begin":  # somebody else's
            upload = self.s3.create_multipart_upload(Bucket=BUCKET, Key=query["key"])["UploadId"]
            self.begun[upload] = time.time() - int(query["age_s"])
            return upload
        if path == "types":
            return {key: self.s3.head_object(Bucket=BUCKET, Key=key)["ContentType"]
                    for key in self.objects()}
        if path == "clear":
            for key in self.objects():
                self.s3.delete_object(Bucket=BUCKET, Key=key)
            for one in self.uploads():
                self.s3.abort_multipart_upload(Bucket=BUCKET, Key=one["Key"],
                                               UploadId=one["UploadId"])
            return {}
        if path == "abort":
            for one in self.uploads():
                self.s3.abort_multipart_upload(Bucket=BUCKET, Key=one["Key"],
                                               UploadId=one["UploadId"])
            return {}
        if path == "save":
            return self.save(query["to"])
        raise ValueError(path)

    def note_begun(self, text):
        found = re.search("<UploadId>(.*?)</UploadId>", text)
        if found:
            self.begun.setdefault(found[1], time.time())

    def with_times(self, text):
        """A list of uploads with the times at which they began."""
        def begun(upload):
            when = self.begun[re.search("<UploadId>(.*?)</UploadId>", upload[0])[1]]
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(when))
            return re.sub("<Initiated>.*?</Initiated>", f"<Initiated>{stamp}</Initiated>", upload[0])
        return re.sub("<Upload>.*?</Upload>", begun, text, flags=re.DOTALL)

    def save(self, directory):
        shutil.rmtree(directory, ignore_errors=True)
        for key in self.objects():
            place = os.path.join(directory, key)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                file.write(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())
        return self.objects()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    door = None

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/_door/"):
            url = urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(url.query))
            text = json.dumps(self.door.answer(url.path[len("/_door/"):], query, body))
            return self.send(200, {"Content-Type": "application/json"}, text.encode())
        rule = self.door.rule_for(f"{self.command} {self.path}") or {}
        if rule.get("hold") and not self.held():
            return self.cut()
        if rule.get("cut") == "before":
            return self.cut()
        if "status" in rule:
            text = (f"<?xml version=\"1.0\"?><Error><Code>{rule['code']}</Code>"
                    f"<Message>as asked</Message></Error>")
            return self.send(rule["status"], rule.get("headers", {}), text.encode())
        status, headers, text = self.forward(body)
        if status == 500 and self.command == "POST" and "uploadId=" in self.path:
            # moto falls over an upload that is not there, where a store says so.
            status, text = 404, b"<Error><Code>NoSuchUpload</Code><Message>gone</Message></Error>"
        if rule.get("cut") == "after":
            return self.cut()
        self.send(status, headers, text)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = serve

    def forward(self, body):
        store = http.client.HTTPConnection("127.0.0.1", self.door.port)
        store.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            store.putheader(name, value)
        store.endheaders(body)
        answer = store.getresponse()
        text = answer.read()
        if re.search(r"[?&]uploads(=|&|$)", self.path):
            if self.command == "POST":
                self.door.note_begun(text.decode())
            elif self.command == "GET":
                text = self.door.with_times(text.decode()).encode()
        headers = {name: value for name, value in answer.getheaders()
                   if name.lower() not in ("connection", "transfer-encoding", "content-length",
                                           "server", "date")}
        store.close()
        return answer.status, headers, text

    def send(self, status, headers, text):
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)
        except OSError:  # the client was killed, as the test wanted
            self.close_connection = True

    def held(self):
        """Until the door is opened; False: whoever asked has gone, so that nobody asks any more."""
        for _ in range(600):
            opened = self.door.released.wait(0.1)
            try:
                if select.select([self.connection], [], [], 0)[0] and not self.connection.recv(
                        1, socket.MSG_PEEK):
                    return False
            except OSError:
                return False
            if opened:
                break
        return True

    def cut(self):
        self.close_connection = True
        self.connection.close()

    def log_message(self, *arguments):
        pass


def main():
    Handler.door = Door(sys.argv[1])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Handler.door.write("port", str(server.server_address[1]))
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
