"""10,000 connections that say nothing, on a server that is used meanwhile: `sockets.py BINARY`.

Half of them send nothing at all, half stop in the middle of a request's head. The server has to answer others within 100 ms at the 95th
percentile, to stay small, and to let go of all of them by itself.
"""

import pathlib
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

COUNT = 10_000
MOST_BYTES_EACH = 40_000
PATIENCE_S = 60


def resident_bytes(pid: int) -> int:
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def ask(port: int) -> float:
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"GET /v1/stats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := client.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200"), answer
    return time.monotonic() - start


def main(binary: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = COUNT + 1_000
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    assert min(wanted, hard) == wanted, f"only {hard} open files are allowed: raise `ulimit -n` to {wanted}"
    with tempfile.TemporaryDirectory() as folder:
        command = [binary, "serve", "--port", "0", "--data", folder]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline().split("/  ")[0].rsplit(":", 1)[1])
            before = resident_bytes(server.pid)
            idle = []
            for number in range(COUNT):
                client = socket.create_connection(("127.0.0.1", port), timeout=30)
                if number % 2:
                    client.sendall(b"GET / HTTP/1.1\r\nHost: local")
                idle.append(client)
            times = sorted(ask(port) for _ in range(200))
            each = (resident_bytes(server.pid) - before) / COUNT
            print(f"{COUNT} idle connections: {each:.0f} bytes each, others answered in {times[190] * 1e3:.1f} ms (p95)")
            assert times[190] < 0.1, "others wait"
            assert each < MOST_BYTES_EACH, "an idle connection costs too much"
            end = time.monotonic() + PATIENCE_S
            poll = select.poll()
            by_file = {client.fileno(): client for client in idle}
            for file in by_file:
                poll.register(file, select.POLLIN | select.POLLHUP)
            while by_file:
                assert time.monotonic() < end, f"{len(by_file)} connections are still open after {PATIENCE_S} s"
                for file, _ in poll.poll(1000):
                    if not by_file[file].recv(65536):
                        poll.unregister(file)
                        by_file.pop(file).close()
            ask(port)
            print("all were let go")
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(30) == 0


main(*sys.argv[1:])
