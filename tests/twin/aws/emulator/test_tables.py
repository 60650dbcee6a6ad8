"""What an emulator reads at its start, in a process of its own: moto reads its tables when it is imported."""

import json
import subprocess
import sys

READ = """
import json
from collections import Counter

from botocore.loaders import JSONFileLoader

read = Counter()
load = JSONFileLoader.load_file
def count(self, path):
    found = load(self, path)
    if found is not None and path.endswith("service-2"):
        read[path.split("/")[-3]] += 1
    return found
JSONFileLoader.load_file = count

from twin.aws.emulator.environment import prepare
prepare()
from twin.aws.emulator.boot import boot
boot(0, "test")
from moto.ec2.models import instance_types
print(json.dumps([read, len(instance_types.INSTANCE_TYPES), list(instance_types.INSTANCE_TYPE_OFFERINGS)]))
"""


def test_each_model_is_read_once_and_the_types_of_instances_never() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    read, types, places = json.loads(done.stdout)
    assert read["ec2"] == 1
    assert {name: times for name, times in read.items() if times > 1} == {}
    assert types == 0
    assert places
