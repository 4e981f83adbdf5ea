"""The network `semantic` in PyTorch, with TensorFlow's "same" padding, for comparisons with ours."""
import torch
from torch import nn
from torch.nn import functional

LEAST_COLUMNS = 4


def same_padding(size, kernel, stride):
    """What TensorFlow adds before and after."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class Semantic(nn.Module):
    """Convolutions 3 x 3 of stride 2, along columns only while there are more than 4, each with relu
    and batch normalisation, and their mirror image."""

    def __init__(self, rows, columns, filters, latent):
        super().__init__()
        self.sizes, self.strides, channels = [(rows, columns)], [], [1, *filters]
        for _ in filters:
            stride = (2, 2 if columns > LEAST_COLUMNS else 1)
            rows, columns = -(-rows // stride[0]), -(-columns // stride[1])
            self.sizes.append((rows, columns))
            self.strides.append(stride)
        self.small = (filters[-1], rows, columns)
        numbers = filters[-1] * rows * columns
        self.down = nn.ModuleList(nn.Conv2d(channels[i], channels[i + 1], 3, self.strides[i])
                                  for i in range(len(filters)))
        self.down_norm = nn.ModuleList(self.norm(f) for f in filters)
        self.mu, self.log_variance = nn.Linear(numbers, latent), nn.Linear(numbers, latent)
        self.dense = nn.Linear(latent, numbers)
        # The transposed convolution to image i reads the channels of the one before it.
        inputs = [*filters[1:], filters[-1]]
        self.up = nn.ModuleList(nn.ConvTranspose2d(inputs[i], filters[i] if i else 1, 3,
                                                   self.strides[i])
                                for i in range(len(filters)))
        self.up_norm = nn.ModuleList(self.norm(f) for f in filters)

    @staticmethod
    def norm(channels):
        return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)

    def pads(self, i):
        (rows, columns), (s1, s2) = self.sizes[i], self.strides[i]
        return same_padding(rows, 3, s1), same_padding(columns, 3, s2)

    def encode(self, x):
        for i, convolution in enumerate(self.down):
            (top, bottom), (left, right) = self.pads(i)
            x = functional.relu(convolution(functional.pad(x, (left, right, top, bottom))))
            x = self.down_norm[i](x)
        return self.mu(x.flatten(1)), self.log_variance(x.flatten(1))

    def decode(self, z):
        x = self.dense(z).view(-1, *self.small)
        for i in reversed(range(len(self.up))):
            rows, columns = self.sizes[i]
            (top, _), (left, _) = self.pads(i)
            x = self.up[i](x)
            x = functional.pad(x, (0, max(0, left + columns - x.shape[3]),
                                   0, max(0, top + rows - x.shape[2])))
            x = x[:, :, top:top + rows, left:left + columns]
            if i > 0:
                x = self.up_norm[i](functional.relu(x))
        return torch.sigmoid(x)

    def loss(self, x, weight=1e6):
        mean, log_variance = self.encode(x)
        y = self.decode(mean + torch.exp(log_variance / 2) * torch.randn_like(mean))
        divergence = -0.5 * (1 + log_variance - mean ** 2 - log_variance.exp()).sum(1).mean()
        return weight * functional.mse_loss(y, x) + divergence
