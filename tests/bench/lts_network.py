"""A model of lts-train computed by PyTorch, and how true its reconstructions of magnitudes are."""
import json
import struct

import numpy
import torch
from torch.nn import functional

FLOOR = 1e-3  # of a file's peak, 60 dB below it


def read_safetensors(path):
    """The metadata, and tensors by their names."""
    with open(path, "rb") as stream:
        size = struct.unpack("<Q", stream.read(8))[0]
        header = json.loads(stream.read(size))
        data = stream.read()
    metadata = header.pop("__metadata__", {})
    return metadata, {
        name: torch.tensor(
            numpy.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        )
        for name, entry in header.items()
    }


class Network:
    """A vae of a model file, with compression = none or power."""

    def __init__(self, path):
        settings, self.tensor = read_safetensors(path)
        self.activation = {"relu": functional.relu, "silu": functional.silu}[
            settings["model.activation"]]
        self.output_relu = settings["model.output"] == "relu"
        self.exponent = {"none": 1.0, "power": float(settings.get("model.exponent", 1))}[
            settings["model.compression"]]
        self.gain_shape = settings["model.gain_shape"] == "true"

    def _dense(self, name, x):
        return functional.linear(x, self.tensor[name + ".weight"], self.tensor[name + ".bias"])

    def _path(self, name, x):
        weight = self.tensor.get(name + ".weight")
        return 0 if weight is None else functional.linear(x, weight)

    def reconstruct(self, x):
        """Linear magnitudes (T,K), there and back through the latent mean."""
        c = x.pow(self.exponent)
        if self.gain_shape:
            c = c / (c.pow(2).mean(1, keepdim=True).sqrt() + 1e-4)
        z = self._dense("fc21", self.activation(self._dense("fc1", c))) + self._path(
            "encoder_path", c)
        y = self._dense("fc4", self.activation(self._dense("fc3", z))) + self._path(
            "decoder_path", z)
        y = y.clamp(min=0).pow(1 / self.exponent)
        if self.gain_shape:
            level = x.pow(2).mean(1, keepdim=True).sqrt()
            y = y * (level / y.pow(2).mean(1, keepdim=True).sqrt().clamp(min=1e-30))
        return y


def log_spectral_distance(x, y):
    """dB, the mean over frames; what is more than 60 dB below the peak of x counts as that."""
    floor = max(float(x.max()) * FLOOR, 1e-12)
    decibels = 20 * (y.clamp(min=floor).log10() - x.clamp(min=floor).log10())
    return float(decibels.pow(2).mean(1).sqrt().mean())


def evaluate(reconstruct, arrays):
    """Of magnitudes (T,K): |y - x| / |x| over all frames, its mean over files, and the mean over
    files of the log-spectral distance."""
    squares, errors, distances = [0.0, 0.0], [], []
    with torch.no_grad():
        for x in arrays:
            y = reconstruct(x)
            error, signal = float((y - x).double().pow(2).sum()), float(x.double().pow(2).sum())
            squares = [squares[0] + error, squares[1] + signal]
            errors.append((error / max(signal, 1e-30)) ** 0.5)
            distances.append(log_spectral_distance(x, y))
    return {"error": (squares[0] / squares[1]) ** 0.5,
            "file_error": float(numpy.mean(errors)),
            "lsd_db": float(numpy.mean(distances))}
