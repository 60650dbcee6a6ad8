"""A runner that is killed: it has a watchdog, and faults at work, of one of which it never heard the name.

Other deeds of its are given as JSON, for they are done already.
"""

import json
import sys
import time
from pathlib import Path

from chaos import watchdog
from chaos.fault_endpoint import FaultEndpoint
from chaos.undo import Deed, UndoJournal

if __name__ == "__main__":
    file, url, how, deeds = Path(sys.argv[1]), sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
    journal, endpoint = UndoJournal(file), FaultEndpoint(url)
    started = watchdog.start(file)
    for it in deeds:
        journal.write(Deed(**it))
    for number, zone in enumerate("ab"):
        fault = {"kind": "zone-power-loss", "zone": zone}
        deed = Deed(str(number), zone, time.time(), endpoint=url, fault=fault)
        journal.write(deed)
        named = endpoint.begin(fault)
        if zone == "a":
            journal.write(Deed(str(number), zone, deed.at, endpoint=url, fault=fault, fault_id=named))
    if how == "ends":
        for it in journal.pending():
            endpoint.end_like(it.fault, it.at)
            journal.undone(it.id, "the runner")
        journal.close()
    print(started.pid, flush=True)
    time.sleep(60 if how == "waits" else 0)
