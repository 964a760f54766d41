"""Native PyTorch on one thread. Answers lines `round row budget` and `check row` in JSON; says its version first."""
import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class MLP(nn.Module):
    shape = (784,)

    def __init__(self, widths=(784, 512, 256, 128, 64, 10)):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def forward(self, x):
        for layer in self.linears[:-1]:
            x = F.relu(layer(x))
        return self.linears[-1](x)


class LeNet5(nn.Module):
    shape = (1, 28, 28)

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


class MiniVGG(nn.Module):
    shape = (1, 28, 28)

    def __init__(self):
        super().__init__()
        self.conv11, self.conv12 = nn.Conv2d(1, 16, 3), nn.Conv2d(16, 16, 3)
        self.conv21, self.conv22 = nn.Conv2d(16, 32, 3), nn.Conv2d(32, 32, 3, padding=1)
        self.fc1, self.fc2, self.fc3 = nn.Linear(800, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv12(F.relu(self.conv11(x)))), 2)
        x = F.max_pool2d(F.relu(self.conv22(F.relu(self.conv21(x)))), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x.flatten(1))))))


def conv3x3(i, o, stride=1):
    return nn.Conv2d(i, o, 3, stride, 1, bias=False)


class Block(nn.Module):
    def __init__(self, i, o, stride=1):
        super().__init__()
        self.conv1, self.bn1 = conv3x3(i, o, stride), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = conv3x3(o, o), nn.BatchNorm2d(o)
        same = stride == 1 and i == o
        self.downsample = None if same else nn.Sequential(conv3x3(i, o, stride), nn.BatchNorm2d(o))

    def forward(self, x):
        skip = x if self.downsample is None else self.downsample(x)
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + skip)


class ResNet(nn.Module):
    shape = (3, 32, 32)

    def __init__(self):
        super().__init__()
        self.conv, self.bn = conv3x3(3, 16), nn.BatchNorm2d(16)
        blocks = [(16, 16), (16, 16), (16, 32, 2), (32, 32), (32, 64, 2), (64, 64)]
        self.layers = nn.Sequential(*(Block(*block) for block in blocks))
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        return self.fc(self.layers(F.relu(self.bn(self.conv(x)))).mean((2, 3)))


NETWORKS = {'mlp': MLP, 'lenet5': LeNet5, 'minivgg': MiniVGG, 'resnet': ResNet}


def fixture(name):
    """First weights and examples of a network; https://github.com/huggingface/safetensors has the format."""
    with open(f'bench/dist/{name}.safetensors', 'rb') as file:
        content = file.read()
    start = 8 + int.from_bytes(content[:8], 'little')
    tensors = {}
    for key, entry in json.loads(content[8:start]).items():
        if key != '__metadata__':
            begin, end = entry['data_offsets']
            values = torch.frombuffer(bytearray(content[start + begin:start + end]), dtype=torch.float32)
            tensors[key] = values.reshape(entry['shape'])
    return tensors.pop('x'), tensors


def prepare(row, rate):
    """One call of a row, which answers its numbers: logits, or the loss before the update."""
    kind, name, *optimizer = row.split('/')
    net, batch = NETWORKS[name](), int(kind.lstrip('trainfe'))
    x, weights = fixture(name)
    net.load_state_dict(weights, strict=False)  # num_batches_tracked is left as it is
    x, y = x[:batch].clone(), torch.arange(batch) % 10
    if kind.startswith('infer'):
        net.eval()

        def infer():
            with torch.no_grad():
                return net(x)

        return infer
    make = {'sgd': torch.optim.SGD, 'adam': torch.optim.Adam}[optimizer[0]]
    update = make(net.parameters(), lr=rate)

    def train():
        update.zero_grad(set_to_none=True)
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        update.step()
        return loss.item()

    return train


def run(call, budget):
    """Calls for `budget` milliseconds. Returns milliseconds a call."""
    calls, passed, start = 0, 0, time.perf_counter()
    while passed < budget:
        call()
        calls += 1
        passed = (time.perf_counter() - start) * 1e3
    return passed / calls


def whole(epochs=100, samples=160, batch=16):
    """Milliseconds of a whole fine-tune of LeNet-5 with Adam on random samples, shuffled each epoch."""
    net, x, y = LeNet5(), torch.rand(samples, 1, 28, 28), torch.arange(samples) % 10
    update = torch.optim.Adam(net.parameters(), lr=1e-3)
    start = time.perf_counter()
    for _ in range(epochs):
        for indices in torch.randperm(samples).split(batch):
            update.zero_grad(set_to_none=True)
            loss = F.cross_entropy(net(x[indices]), y[indices])
            loss.backward()
            update.step()
            loss.item()
    return (time.perf_counter() - start) * 1e3


class Subject:
    """As subjects/clock.ts describes it."""

    def __init__(self):
        self.prepared, self.warm = {}, set()

    def call_of(self, row):
        if row not in self.prepared:
            self.prepared[row] = prepare(row, 1e-3 if row.endswith('adam') else 0.05)
        return self.prepared[row]

    def check(self, row):
        call = self.call_of(row)
        return [call() for _ in range(3)] if row.startswith('train') else call().flatten().tolist()

    def round(self, row, budget):
        if row == 'finetune160/lenet5':
            return whole()
        call = self.call_of(row)
        if row not in self.warm:
            run(call, 3 * float(budget))
            self.warm.add(row)
        return run(call, float(budget))


def main():
    torch.set_num_threads(1)
    subject = Subject()
    print(json.dumps({'version': torch.__version__}), flush=True)
    for line in sys.stdin:
        method, *arguments = line.split()
        print(json.dumps(getattr(subject, method)(*arguments)), flush=True)


main()
