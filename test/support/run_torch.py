"""Runs the modules of a folder that handful wrote: python3 run_torch.py FOLDER

A case is a folder with network.py, before.safetensors and input.f32. Its weights are loaded, the answer to the
input is written as before.f32; after a step of training, so are the state_dict as after.safetensors and the new
answer.
"""

import json
import struct
import sys
from pathlib import Path

import numpy
import torch
from torch import nn

DTYPES = {"F32": numpy.float32, "I64": numpy.int64}


def load(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            values = numpy.frombuffer(data[begin:end], DTYPES[entry["dtype"]])
            tensors[name] = torch.tensor(values).reshape(entry["shape"])
    return tensors


def save(path, tensors):
    header, body = {}, b""
    for name, tensor in tensors.items():
        values = tensor.contiguous().numpy()
        (dtype,) = (key for key, value in DTYPES.items() if value == values.dtype)
        offsets = [len(body), len(body) + values.nbytes]
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": offsets}
        body += values.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def instance(path):
    names = {"__name__": "network"}
    exec(compile(path.read_text(), str(path), "exec"), names)
    (module,) = (value for value in names.values() if isinstance(value, type) and issubclass(value, nn.Module))
    return module()


def run(case):
    network = instance(case / "network.py")
    network.load_state_dict(load(case / "before.safetensors"), strict=True)
    shape = json.loads((case / "shape.json").read_text())
    x = torch.tensor(numpy.fromfile(case / "input.f32", numpy.float32)).reshape(shape)

    def answer(name):
        network.eval()
        with torch.no_grad():
            network(x).numpy().tofile(case / name)

    answer("before.f32")
    network.train()
    network(x).square().mean().backward()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            assert parameter.grad is not None, f"{name} has no gradient"
            parameter -= 0.01 * parameter.grad / (1 + parameter.grad.abs().max())
    answer("after.f32")
    save(case / "after.safetensors", network.state_dict())


torch.manual_seed(1)
torch.set_num_threads(1)
for case in sorted(Path(sys.argv[1]).iterdir()):
    try:
        run(case)
    except Exception as error:
        (case / "error.txt").write_text(f"{type(error).__name__}: {error}")

made = [nn.Module(), nn.Conv2d(1, 1, 1), nn.Linear(1, 1), nn.BatchNorm1d(1), nn.BatchNorm2d(1)]
print(json.dumps([[name for name in dir(each) if not name.startswith("__")] for each in made]))
