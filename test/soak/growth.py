"""What was sampled of one thing over time, and whether it grows."""

import statistics
from dataclasses import dataclass, field

WARM_UP = 0.25  # of the time: caches, pools and the allocator's arenas fill
PAIRS = 300     # samples at most that the slope looks at


@dataclass
class Series:
    """Samples of one figure of one process or folder: moments in seconds, and values."""

    of: str
    figure: str            # "memory", "descriptors", "threads", "files", ...
    allowed: float         # by how much it may grow after the warm-up: so much ...
    share: float = 0.0     # ... and this share of its median
    moments: list = field(default_factory=list)
    values: list = field(default_factory=list)

    def add(self, moment, value):
        self.moments.append(moment)
        self.values.append(value)

    def warm(self):
        """The samples after the warm-up, thinned out to PAIRS."""
        first, last = self.moments[0], self.moments[-1]
        kept = [(m, v) for m, v in zip(self.moments, self.values)
                if m >= first + WARM_UP * (last - first)]
        return kept[::max(1, -(-len(kept) // PAIRS))]

    def slope(self):
        """By how much it grows in a second: the median of the slopes of all pairs of samples, which
        a few odd ones (a query at work, a client that was just cut) do not move."""
        kept = self.warm()
        slopes = [(b[1] - a[1]) / (b[0] - a[0])
                  for i, a in enumerate(kept) for b in kept[i + 1:] if b[0] > a[0]]
        return statistics.median(slopes) if slopes else 0.0

    def growth(self):
        """What that slope makes of the time after the warm-up."""
        kept = self.warm()
        return self.slope() * (kept[-1][0] - kept[0][0])

    def median(self):
        return statistics.median(v for _, v in self.warm())

    def bound(self):
        return self.allowed + self.share * self.median()

    def grows(self):
        return self.growth() > self.bound()


def memory(of):
    """Resident bytes: 2 MiB and 2 % are the allocator's, whatever the program does."""
    return Series(of, "memory", 2 * 2**20, 0.02)


def counted(of, figure):
    """What is counted one by one must not grow at all: half of one is the slope's own noise."""
    return Series(of, figure, 0.5)
