"""A stack of small programs under the real supervisor, for tests to stop, kill and break: `python -m …fake_stack`."""

import os
import sys
from dataclasses import replace
from pathlib import Path

from config import Settings
from ecp import supervisor
from ecp.errors import DomainError
from ecp.supervisor import Part

WEB = """
import http.server, os, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(str(os.getpid()).encode())
    def log_message(self, *words): pass
http.server.ThreadingHTTPServer((sys.argv[2], int(sys.argv[3])), Page).serve_forever()
"""
WITH_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1]])
time.sleep(600)
"""
STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1] + "/stubborn", "w").close()
while True: time.sleep(600)
"""
BROKEN = """
raise ImportError("no such module, said the part")
"""
SLEEPER = "import time; time.sleep(600)"


def part(name: str, code: str, data: str, *words: str) -> Part:
    """A part whose processes carry the data directory in their command line."""
    return Part(name, f"Le {name}", [sys.executable, "-c", code, data, *words])


def main(data: str, port: str, *kinds: str) -> int:
    """Serve the named kinds of parts."""
    settings = replace(Settings(), data_dir=Path(data), database_url=None, redis_url=None, port=int(port))
    known = {
        "web": part("web", WEB, data, settings.host, port),
        "broken-web": part("web", BROKEN, data),
        "with-child": part("with-child", WITH_CHILD, data),
        "stubborn": part("stubborn", STUBBORN, data),
        "broken": part("broken", BROKEN, data),
        "sleeper": part("sleeper", SLEEPER, data),
    }
    supervisor.GRACE = 1.0
    supervisor.LONGEST_DELAY = 0.1
    first = not (Path(data) / "prepared").exists()
    preparation = supervisor.Preparation(
        ready=lambda _: not first,
        prepare=lambda reached: (Path(data) / "prepared").write_text(str(reached.database_url)) and None,
        fill=lambda _: ["    accès : une ligne"] if "slow" not in kinds else os.read(0, 1) and [],
    )
    try:
        supervisor.serve(settings, preparation, [known[kind] for kind in kinds if kind in known])
    except DomainError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
