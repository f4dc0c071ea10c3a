"""What Jupyter's own client does with an installed kernel: nbclient and `jupyter console` use it so."""

import json
import sys

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

# Seconds: a kernel that hangs fails here and not in the runner of the tests.
PATIENCE = 120


def run(client, code):
    """A cell's outputs as nbclient takes them, and its reply."""
    outputs = []
    reply = client.execute_interactive(
        code,
        timeout=PATIENCE,
        allow_stdin=False,
        output_hook=lambda message: outputs.append((message["msg_type"], message["content"])),
    )
    shown = [
        content["data"]["text/plain"]
        for kind, content in outputs
        if kind in ("execute_result", "display_data")
    ]
    return reply["content"], shown


manager, client = start_new_kernel(kernel_name="daybook", startup_timeout=PATIENCE)
found = {}
try:
    found["first"] = run(client, "const answer: number = 6 * 7; answer")[1]
    found["error"] = run(client, "answer.nowhere")[0]["ename"]

    # A second client on the same kernel, as `jupyter console --existing` has it.
    other = BlockingKernelClient(connection_file=manager.connection_file)
    other.load_connection_file()
    other.start_channels()
    other.wait_for_ready(timeout=PATIENCE)
    found["existing"] = run(other, "answer + 1")[1]
    other.stop_channels()

    endless = client.execute("console.log(0); for (;;);")
    while client.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    while True:
        reply = client.get_shell_msg(timeout=PATIENCE)
        if reply["parent_header"].get("msg_id") == endless:
            break
    found["interrupted"] = reply["content"]["ename"]
    found["kept"] = run(client, "answer")[1]

    manager.restart_kernel()
    client.wait_for_ready(timeout=PATIENCE)
    found["restarted"] = run(client, "answer")[0]["status"]
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=False)
found["alive"] = manager.is_alive()
json.dump(found, sys.stdout)
